import { HttpClient } from '../../http-client';
import type { RevenueWorld } from '../../revenue-world';
import { addressOf, platformVariables } from '../../settings';

const OF_ADDRESSES = ['POSTGRES_URL', 'POSTGRES_OWNER_URL', 'POSTGRES_SERVICE_URL', 'REDIS_URL', 'CLICKHOUSE_URL'];

/** What operators get to read of an instance, searched for the credentials that it was started with. */
export class ShownCredentials {
  readonly #read: string[] = [];

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

  /** Names of the variables whose credential stands there, as it is or in another spelling. */
  found(): readonly string[] {
    const log = this.world.operations.serving().log();
    if (!log.includes('listening')) throw new Error(`the instance has logged nothing:\n${log}`);
    const shown = [...this.#read, log].join('\n');
    return Object.entries(credentials())
      .filter(([, credential]) => spellingsOf(credential).some((spelling) => shown.includes(spelling)))
      .map(([name]) => name);
  }
}

function credentials(): Readonly<Record<string, string>> {
  const variables = platformVariables();
  const found = [
    ['MASTER_KEYS', (variables['MASTER_KEYS'] ?? '').replace(/^.*:/, '')],
    ['OPERATOR_KEY', variables['OPERATOR_KEY'] ?? ''],
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
