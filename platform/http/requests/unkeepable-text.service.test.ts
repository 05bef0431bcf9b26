import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { loadBase } from '../../../ssot/configuration-manager';
import { silentLogger, systemClock, systemRandom } from '../../../ssot/kernel';
import { stores } from '../../../support/module-tests/stores';
import { addressOf, platformVariables } from '../../../world/settings';
import { startPlatform, type Platform } from '../..';

/** JSON Schema, as far as the contract uses it. */
interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly const?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}
interface Operation {
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}
type Contract = { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };
type Path = readonly (string | number)[];

const BROKEN = { 'a NUL character': 'a\0b', 'half a character': 'a\ud83d' } as const;
/** Compared, never stored or shown: a wrong one is told as wrong. */
const COMPARED = new Set(['password', 'presentPassword', 'newPassword', 'refreshToken']);
const PASSWORD = 'a password that is long enough';

/** Something that the schema allows, so that only what is broken on purpose is wrong. */
function sample(schema: Schema, name: string): unknown {
  const { anyOf, items, properties } = schema;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  if (anyOf !== undefined) return sample(anyOf[0] as Schema, name);
  if (schema.type === 'array') return [sample(items ?? {}, name)];
  if (properties !== undefined)
    return Object.fromEntries(Object.entries(properties).map(([key, of]) => [key, sample(of, key)]));
  if (schema.type === 'boolean') return false;
  if (schema.type === 'integer' || schema.type === 'number') return Math.max(1, schema.minimum ?? 1);
  if (schema.format === 'date-time') return new Date(systemClock.now() - 60_000).toISOString();
  const kind = /^\^?\(?([a-z]+)_/.exec(schema.pattern ?? '')?.[1];
  if (kind !== undefined) return `${kind}_01jt5wbs00e4csqj4k1y7d0c3f`;
  if (name === 'domain') return 'acme.example';
  if (name === 'email') return 'somebody@acme.example';
  if (name === 'pending' || name === 'code' || name === 'handOver') return '000000';
  if (name === 'set') return { 'model.wording': true };
  return COMPARED.has(name) ? PASSWORD : 'Europe/Berlin';
}

/** Where texts stand in a body. */
function textsIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value === 'string') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, of]) => textsIn(of, [...path, Array.isArray(value) ? Number(key) : key]));
}

function withText(value: unknown, [key, ...rest]: Path, text: string): unknown {
  if (key === undefined) return text;
  if (Array.isArray(value))
    return value.map((of, index) => (index === key ? withText(of, rest, text) : (of as unknown)));
  return { ...(value as object), [key]: withText((value as Record<string, unknown>)[key], rest, text) };
}

describe('text that cannot be kept', () => {
  let platform: Platform;
  let bearers: { readonly person: string; readonly operator: string };
  before(async () => {
    const base = await loadBase({ variables: platformVariables(), clock: systemClock, log: silentLogger });
    const ports = { clock: systemClock, time: 'server', random: systemRandom, log: silentLogger } as const;
    platform = await startPlatform(base, ports);
    const operator = addressOf('SPEC_OPERATOR_KEY');
    const email = `${stores.ids.next('req')}@acme.example`;
    const owner = { name: 'Olga', email, password: PASSWORD };
    const company = { name: 'Acme', plan: 'enterprise', owner };
    await answerOf(platform.operationsUrl, 'post', '/v1/operations/tenants', { bearer: operator, body: company });
    const signIn = { email, password: PASSWORD, device: 'laptop' };
    const { body } = await answerOf(platform.url, 'post', '/v1/sign-in', { body: signIn });
    bearers = { operator, person: String(body['accessToken']) };
  });
  after(() => platform.stop());

  async function answerOf(url: string, method: string, path: string, of: { bearer?: string; body?: unknown }) {
    const answer = await fetch(url + path, {
      method: method.toUpperCase(),
      headers: {
        ...(of.body !== undefined && { 'content-type': 'application/json' }),
        ...(of.bearer !== undefined && { authorization: `Bearer ${of.bearer}` }),
      },
      ...(of.body !== undefined && { body: JSON.stringify(of.body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
  }

  /** Every operation of both contracts, and what it is called with when nothing is wrong. */
  async function operations() {
    const found = [];
    for (const url of [platform.url, platform.operationsUrl]) {
      const { body } = await answerOf(url, 'get', '/openapi.json', {});
      for (const [path, methods] of Object.entries((body as unknown as Contract).paths)) {
        for (const [method, { security = [], parameters = [], requestBody }] of Object.entries(methods)) {
          const who = Object.keys(security[0] ?? {})[0] as keyof typeof bearers | undefined;
          const schema = requestBody?.content['application/json']?.schema;
          const ids = parameters.filter((one) => one.in === 'path');
          const asked = parameters.filter((one) => one.in === 'query' && one.schema.type === 'string');
          found.push({ url, path, method, who, ids, asked, body: schema && sample(schema, '') });
        }
      }
    }
    return found;
  }

  it('WS-09 is refused naming its field, in the body of every operation, and never as our failure', async () => {
    let tried = 0;
    for (const { url, path, method, who, ids, body } of await operations()) {
      const address = ids.reduce((at, { name, schema }) => at.replace(`{${name}}`, String(sample(schema, name))), path);
      for (const text of textsIn(body)) {
        for (const [what, broken] of Object.entries(BROKEN)) {
          const bearer = who && bearers[who];
          const sent = { body: withText(body, text, broken), ...(bearer !== undefined && { bearer }) };
          const answer = await answerOf(url, method, address, sent);
          const name = String(text.at(-1));
          const where = `${method} ${path}, ${text.join('.')} with ${what}: ${JSON.stringify(answer)}`;
          tried += 1;
          assert(answer.status >= 400 && answer.status < 500, where);
          assert.notEqual(answer.body['retryable'], true, where);
          if (COMPARED.has(name)) continue;
          assert.equal(answer.status, 400, where);
          assert.equal(
            String(answer.body['field'])
              .split('.')
              .at(-1)
              ?.replace(/\[\d+\]$/, ''),
            name,
            where,
          );
        }
      }
    }
    assert(tried > 40, `${tried} tried`);
  });

  it('WS-09 is refused naming its field in every address and query', async () => {
    let tried = 0;
    for (const { url, path, method, who, ids, asked, body } of await operations()) {
      const bearer = who && bearers[who];
      const as = { ...(bearer !== undefined && { bearer }), ...(body !== undefined && { body }) };
      const address = (broken?: string): string =>
        ids.reduce(
          (at, { name, schema }) =>
            at.replace(`{${name}}`, `${String(sample(schema, name))}${name === broken ? '%00' : ''}`),
          path,
        );
      const queries = new URLSearchParams(
        asked.map(({ name, schema }): [string, string] => [name, String(sample(schema, name))]),
      );
      const tries = [
        ...ids.map(({ name }) => [name, `${address(name)}?${queries.toString()}`] as const),
        ...asked.map(({ name }) => {
          const broken = new URLSearchParams(queries);
          broken.set(name, 'a\0');
          return [name, `${address()}?${broken.toString()}`] as const;
        }),
      ];
      for (const [name, at] of tries) {
        const answer = await answerOf(url, method, at, as);
        tried += 1;
        assert.deepEqual(
          [answer.status, answer.body['field']],
          [400, name],
          `${method} ${at}: ${JSON.stringify(answer)}`,
        );
      }
    }
    assert(tried > 10, `${tried} tried`);
  });
});
