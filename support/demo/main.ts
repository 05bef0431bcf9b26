import { randomBytes } from 'node:crypto';
import { PlatformError } from '../../ssot/kernel';
import { usageFromTemplate } from '../../ssot/analytics';
import { Evidence } from '../../world/evidence';
import { HttpClient } from '../../world/http-client';
import { SERVICES } from '../services/contract';
import { platformSecrets } from '../services/platform-process';
import { Progress } from '../services/progress';
import { startServices } from '../services/start-services';

const USAGE = `Usage: npm run page [-- --help]

Starts the platform on services of its own, with a company that has a month of AI usage, and prints the address of the
chat page and a sign-in for it. Ctrl-C stops everything, and nothing is kept.`;

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
  await welcome(url, operationsUrl, secrets['SPEC_OPERATOR_KEY'] ?? '');
  console.log(`Chat page:  ${url}/\nE-mail:     ${DANA.email}\nPassword:   ${DANA.password}\n(Ctrl-C stops)`);
  // Ends by signal only: startServices stops everything then and ends the process.
  return new Promise(() => setInterval(() => {}, 2 ** 30));
}

/** Acme, with Dana and a month of usage. */
async function welcome(url: string, operationsUrl: string, operatorKey: string): Promise<void> {
  const as = (bearer?: string): HttpClient => new HttpClient(url, 'the demo', new Evidence(), bearer);
  const operator = new HttpClient(operationsUrl, 'the operator', new Evidence(), operatorKey);
  const company = { name: 'Acme', plan: 'enterprise' };
  const { tenantId } = await operator.require<{ tenantId: string }>('post', '/v1/operations/tenants', company);
  await operator.require('post', `/v1/operations/tenants/${tenantId}/people`, { ...DANA, role: 'administrator' });
  const { email, password } = DANA;
  const signIn = { email, password, device: 'demo' };
  const dana = as((await as().require<{ accessToken: string }>('post', '/v1/sign-in', signIn)).accessToken);
  const events = usageFromTemplate({ asOf: new Date(), ids: 'demo' });
  for (let from = 0; from < events.length; from += 1_000) {
    await dana.require('post', '/v1/usage', { events: events.slice(from, from + 1_000) });
  }
}

main(process.argv.slice(2)).then(
  (status) => process.exit(status),
  (failure: unknown) => {
    console.error(failure instanceof PlatformError ? failure.message : failure);
    process.exit(1);
  },
);
