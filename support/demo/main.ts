import { randomBytes } from 'node:crypto';
import { createClient } from '@clickhouse/client';
import { busyMonth } from '../../world/sample-usage/busy-month';
import { PlatformError, type TenantId, type UserId } from '../../ssot/kernel';
import { Evidence } from '../../world/evidence';
import { HttpClient } from '../../world/clients/http-client';
import { SERVICES } from '../services/contract';
import { platformSecrets } from '../services/processes/platform-process';
import { passwordText } from '../services/random-text';
import { Progress } from '../services/progress';
import { startServices } from '../services/start-services';

const USAGE = `Usage: npm run page [-- --help]

Starts the platform on services of its own, with a company that made some hundred thousand calls of models last
month, and prints the address of the chat page and a sign-in for it. Ctrl-C stops everything, and nothing is kept.`;

const COLLEAGUES = ['Ravi', 'Ada', 'Noor', 'Mia', 'Sam', 'Ines', 'Tom'];
const FORMER = 'user_01jt5wbs00e4csqj4k1y7d0c3g' as UserId;
const DANA = { name: 'Dana', email: 'dana@acme.example', password: randomBytes(9).toString('base64url') };

async function main(args: readonly string[]): Promise<number> {
  if (args.length > 0) {
    const isHelp = args.includes('--help') || args.includes('-h');
    console.log(isHelp ? USAGE : `Unknown: ${args.join(' ')}\n\n${USAGE}`);
    return isHelp ? 0 : 64;
  }
  const secrets = platformSecrets(process.env);
  Object.assign(process.env, secrets);
  const progress = new Progress(process.stderr, 'Starting PostgreSQL, Redis, ClickHouse and the platform');
  const options = { withPlatform: true, onProgress: (line: string) => progress.say(line) };
  const services = await startServices(new Set(SERVICES), options).finally(() => progress.end());
  const { SPEC_PLATFORM_URL: url = '', SPEC_OPERATIONS_URL: operationsUrl = '' } = services.env;
  console.error('Writing down a month of nearly 400,000 calls');
  await welcome(operationsUrl, secrets['SPEC_OPERATOR_KEY'] ?? '', services.env['SPEC_CLICKHOUSE_URL'] ?? '');
  console.log(`Chat page:  ${url}/\nE-mail:     ${DANA.email}\nPassword:   ${DANA.password}\n(Ctrl-C stops)`);
  // Ends by signal only: startServices stops everything then and ends the process.
  return new Promise(() => setInterval(() => {}, 2 ** 30));
}

/** Acme, with Dana, her colleagues and a busy month. One who has left is nobody's name any more. */
async function welcome(operationsUrl: string, operatorKey: string, historyUrl: string): Promise<void> {
  const operator = new HttpClient(operationsUrl, 'the operator', new Evidence(), operatorKey);
  const company = { name: 'Acme', plan: 'enterprise' };
  const { tenantId } = await operator.require<{ tenantId: TenantId }>('post', '/v1/operations/tenants', company);
  const add = async (person: object): Promise<UserId> =>
    (await operator.require<{ userId: UserId }>('post', `/v1/operations/tenants/${tenantId}/people`, person)).userId;
  const people = [await add({ ...DANA, role: 'administrator' })];
  for (const name of COLLEAGUES) {
    const email = `${name.toLowerCase()}@acme.example`;
    people.push(await add({ name, email, password: passwordText(), role: 'member' }));
  }
  people.push(FORMER);
  const history = createClient({ url: historyUrl });
  for (const query of busyMonth({ tenantId, people, asOf: new Date() })) await history.command({ query });
  await history.close();
}

main(process.argv.slice(2)).then(
  (status) => process.exit(status),
  (failure: unknown) => {
    console.error(failure instanceof PlatformError ? failure.message : failure);
    process.exit(1);
  },
);
