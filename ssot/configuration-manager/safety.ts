import { servesCustomers, type Environment } from './environment';
import type { Problem } from './contract';
import type { Settings } from './sections';

const LEAST_OPERATOR_KEY = 32;
const LEAST_STORE_PASSWORD = 16;
const PLACEHOLDER = /^(change-?me|password|secret|example|test|todo|x+)$/i;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i;

/** What works but must never meet customers. Names variables and problems, never values. */
export function safetyFindings(settings: Settings): readonly Problem[] {
  const found: Problem[] = [];
  const { stores, identity } = settings;
  const addresses = [
    ['POSTGRES_URL', stores.postgresUrl],
    ['POSTGRES_OWNER_URL', stores.postgresOwnerUrl],
    ['POSTGRES_SERVICE_URL', stores.postgresServiceUrl],
    ['REDIS_URL', stores.redisUrl],
    ['CLICKHOUSE_URL', stores.clickhouseUrl],
  ] as const;
  for (const [variable, secret] of addresses) {
    const url = new URL(secret.reveal());
    const password = decodeURIComponent(url.password);
    if (LOOPBACK.test(url.hostname)) {
      found.push({ variable, problem: 'points to this very machine', wayOut: 'Name the host of the store.' });
    }
    if (password.length < LEAST_STORE_PASSWORD || PLACEHOLDER.test(password)) {
      found.push({
        variable,
        problem: `has a password of fewer than ${LEAST_STORE_PASSWORD} characters`,
        wayOut: `Give that login a random password of at least ${LEAST_STORE_PASSWORD} characters.`,
      });
    }
  }
  const logins = new Set(addresses.slice(0, 3).map(([, secret]) => new URL(secret.reveal()).username));
  if (logins.size < 3) {
    found.push({
      variable: 'POSTGRES_SERVICE_URL',
      problem: 'shares its login with another PostgreSQL address',
      wayOut: 'Use one login each for the app, the schema and the services.',
    });
  }
  if (identity.operatorKey.reveal().length < LEAST_OPERATOR_KEY) {
    found.push({
      variable: 'OPERATOR_KEY',
      problem: `is shorter than ${LEAST_OPERATOR_KEY} characters`,
      wayOut: 'Make one with: openssl rand -base64 32',
    });
  }
  if (new Set(Buffer.from(identity.masterKey.reveal(), 'base64')).size < 8) {
    found.push({ variable: 'MASTER_KEY', problem: 'is not random', wayOut: 'Make one with: openssl rand -base64 32' });
  }
  if (identity.operatorKey.equals(identity.masterKey)) {
    found.push({ variable: 'OPERATOR_KEY', problem: 'is the master key again', wayOut: 'Make one of its own.' });
  }
  return found;
}

/** Never right in an environment that serves customers, and refused there whatever else is set. */
export function forbiddenHere(settings: Settings, environment: Environment): readonly Problem[] {
  if (!servesCustomers(environment) || !settings.operations.movableClock) return [];
  return [{ variable: 'MOVABLE_CLOCK', problem: `is not allowed in ${environment}`, wayOut: 'Leave it out.' }];
}
