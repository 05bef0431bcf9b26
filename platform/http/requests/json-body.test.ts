import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fastify } from 'fastify';
import { usageFromTemplate } from '../../../world/sample-usage/template';
import type { App } from '../server/app';
import { parseJsonBodies } from './json-body';

const MIB = 1024 * 1024;
const filledWith = (unit: (index: number) => string): string => {
  const units: string[] = [];
  for (let length = 0; length < MIB; length += units.at(-1)?.length ?? 0) units.push(unit(units.length));
  return units.join('').slice(0, MIB - 10);
};

function build(): App {
  const app = fastify({ bodyLimit: MIB }) as unknown as App;
  parseJsonBodies(app);
  app.post('/', { schema: { body: {} } }, ({ body }) => ({ parsed: body }));
  app.post('/bare', ({ body }) => ({ parsed: body ?? 'nothing' }));
  return app;
}

async function post(app: App, payload: string | Buffer, url = '/'): Promise<{ parsed?: unknown; code?: string }> {
  const headers = { 'content-type': 'application/json' };
  return (await app.inject({ method: 'POST', url, headers, payload })).json();
}

for (const [what, payload] of [
  ['a MiB of opening brackets', '['.repeat(MIB)],
  ['objects 200,000 deep', '{"a":'.repeat(MIB / 5)],
  ['70,000 different keys', `{${filledWith((index) => `"k${index}":1,`)}`],
  ['350,000 empty objects', `[${filledWith(() => '{},')}`],
  ['500,000 numbers', `[${filledWith(() => '1,')}`],
  ['brackets after a string with escaped quotation marks', `["\\\\\\"",${'['.repeat(100)}`],
] as const) {
  void test(`AU-07 a body of ${what} is refused before it is parsed`, async () => {
    const app = build();
    assert.equal((await post(app, payload)).code, 'json_too_complex');
  });
}

for (const value of [
  { text: '[{'.repeat(1_000) },
  { text: '\\"[[[[",:'.repeat(10_000) },
  JSON.parse(`${'['.repeat(32)}${']'.repeat(32)}`) as unknown,
  { events: usageFromTemplate({ asOf: new Date(), ids: 'x' }).slice(0, 1_000) },
]) {
  void test(`AU-07 a sound body is taken: ${JSON.stringify(value).slice(0, 40)}`, async () => {
    assert.deepEqual((await post(build(), JSON.stringify(value))).parsed, JSON.parse(JSON.stringify(value)));
  });
}

void test('AU-07 what is no JSON, or would change prototypes, is still refused', async () => {
  const app = build();
  assert.equal((await post(app, '{"a":')).code, 'FST_ERR_CTP_INVALID_JSON_BODY');
  assert.equal((await post(app, '"')).code, 'FST_ERR_CTP_INVALID_JSON_BODY');
  for (const forbidden of [
    '{"__proto__":{"a":1}}',
    '{"a":[{"\\u005f_proto__":1}]}',
    '{"constructor":{"prototype":1}}',
  ]) {
    assert.equal((await post(app, forbidden)).code, 'key_not_allowed', forbidden);
  }
  assert.equal((await post(app, '')).code, 'FST_ERR_CTP_EMPTY_JSON_BODY');
});

for (const text of ['{"a":1,"a":2}', '{"a":{"b":1,"\\u0062":2}}']) {
  void test(`AU-07 a key that is there twice is refused, and none of both is taken: ${text}`, async () => {
    assert.equal((await post(build(), text)).code, 'key_repeated');
  });
}

for (const [what, bytes] of [
  ['half of a character of two bytes', Buffer.from('{"a":"\xc3"}', 'latin1')],
  ['a text in Latin-1', Buffer.from('{"a":"M\xfcller"}', 'latin1')],
  ['half of a pair', Buffer.from('{"a":"\xed\xa0\x80"}', 'latin1')],
] as const) {
  void test(`AU-07 bytes that are no UTF-8 are refused, and not replaced: ${what}`, async () => {
    assert.equal((await post(build(), bytes)).code, 'invalid_json');
  });
}

void test('AU-07 where no body is taken, one that is named and not sent is none', async () => {
  assert.deepEqual(await post(build(), '', '/bare'), { parsed: 'nothing' });
});
