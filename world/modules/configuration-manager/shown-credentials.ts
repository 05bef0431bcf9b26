import { randomBytes } from 'node:crypto';
import { HttpClient } from '../../clients/http-client';
import type { Person } from '../../actors/person';
import type { RevenueWorld } from '../../revenue-world';
import { addressOf, platformVariables } from '../../settings';
import type { CompanySettings } from './company-settings';

const OF_ADDRESSES = ['POSTGRES_URL', 'POSTGRES_OWNER_URL', 'POSTGRES_SERVICE_URL', 'REDIS_URL', 'CLICKHOUSE_URL'];

/** What operators get to read of an instance, searched for the credentials that it was started with. */
export class ShownCredentials {
  readonly #read: string[] = [];
  readonly #planted: string[] = [];

  constructor(private readonly world: Pick<RevenueWorld, 'operations' | 'operator' | 'evidence'>) {}

  async readEverything(): Promise<void> {
    const { url, operationsUrl } = this.world.operations.serving();
    const operator = await this.world.operator(operationsUrl);
    const stranger = new HttpClient(url, 'the front door', this.world.evidence);
    const pages = [
      ...['/health/live', '/health/ready', '/openapi.json'].map((path) => stranger.send('get', path)),
      ...['/metrics', '/health/ready', '/openapi.json', '/v1/operations/instance'].map((path) =>
        operator.send('get', path),
      ),
    ];
    for (const { status, body } of await Promise.all(pages)) {
      if (status !== 200) throw new Error(`operators were refused (${status}): ${JSON.stringify(body)}`);
      this.#read.push(typeof body === 'string' ? body : JSON.stringify(body));
    }
  }

  /** Sets a company's credential, tries one that is refused, and keeps all that the company gets to read of it. */
  async plant(settings: CompanySettings, person: Person, baseUrl: string): Promise<void> {
    const [taken, refused] = [0, 1].map(() => `sk-${randomBytes(24).toString('hex')}`) as [string, string];
    this.#planted.push(taken, refused);
    await settings.set(person, { 'model.key': taken }, 'our own', { baseUrl });
    this.#read.push(JSON.stringify(settings.answer));
    await settings.tryToSet(person, { set: { 'model.key': { key: refused } } }, 'by mistake', { baseUrl });
    if (settings.answer?.status !== 400) throw new Error(`it was answered with ${settings.answer?.status}`);
    this.#read.push(JSON.stringify(settings.answer));
    const seen = [await settings.read(person, baseUrl), await settings.history(person, baseUrl)];
    if (!JSON.stringify(seen[1]).includes('model.key')) throw new Error('the history does not name the setting');
    this.#read.push(JSON.stringify(seen));
  }

  /** Planted credentials that stand anywhere, in any spelling. */
  foundPlanted(): readonly string[] {
    const shown = this.#shown();
    if (this.#planted.length === 0) throw new Error('no credential was planted');
    return this.#planted.filter((credential) => spellingsOf(credential).some((spelling) => shown.includes(spelling)));
  }

  /** Names of the variables whose credential stands there, as it is or in another spelling. */
  found(): readonly string[] {
    const shown = this.#shown();
    return Object.entries(credentials())
      .filter(([, credential]) => spellingsOf(credential).some((spelling) => shown.includes(spelling)))
      .map(([name]) => name);
  }

  #shown(): string {
    const log = this.world.operations.serving().log();
    if (!log.includes('listening')) throw new Error(`the instance has logged nothing:\n${log}`);
    return [...this.#read, log].join('\n');
  }
}

function credentials(): Readonly<Record<string, string>> {
  const variables = platformVariables();
  const found = [
    ['MASTER_KEYS', (variables['MASTER_KEYS'] ?? '').replace(/^.*:/, '')],
    ['OPERATOR_KEYS', (variables['OPERATOR_KEYS'] ?? '').replace(/^.*:/, '')],
    ...OF_ADDRESSES.map((name) => [name, decodeURIComponent(new URL(variables[name] ?? '').password)]),
  ];
  // A store of the run may have no password; PostgreSQL always has one.
  const named = found.filter(([, credential]) => credential !== '');
  if (!named.some(([name]) => name === 'POSTGRES_URL'))
    throw new Error(`${addressOf('SPEC_POSTGRES_URL')} has no password`);
  return Object.fromEntries(named) as Record<string, string>;
}

const spellingsOf = (credential: string): readonly string[] => [
  credential,
  encodeURIComponent(credential),
  Buffer.from(credential).toString('base64').replace(/=+$/, ''),
  Buffer.from(credential).toString('base64url'),
  Buffer.from(credential).toString('hex'),
];
