import { KeyRing, type MasterKey } from '../ssot/kernel';

/** Where the services of this run are; the services plugin writes them into the environment before workers start. */
export type Address =
  | 'SPEC_POSTGRES_URL'
  | 'SPEC_POSTGRES_OWNER_URL'
  | 'SPEC_POSTGRES_SERVICE_URL'
  | 'SPEC_REDIS_URL'
  | 'SPEC_CLICKHOUSE_URL'
  | 'SPEC_PLATFORM_URL'
  | 'SPEC_OPERATIONS_URL'
  | 'SPEC_OPERATOR_KEY'
  | 'SPEC_MASTER_KEY';

type Variables = Readonly<Record<string, string | undefined>>;

export function addressOf(name: Address, env: Variables = process.env): string {
  const value = env[name];
  if (value === undefined || value === '') {
    throw new Error(
      `${name} is not set: this scenario needs a service that was not started for it. ` +
        'Tag it @integration or @e2e, so that its services start with the run.',
    );
  }
  return value;
}

const MASTER_KEY_ID = 'specs';
/** The operator of the run, as its audit trails name them. */
export const OPERATOR = 'ines';

/** The master keys of the instances that the run has started. */
export function masterKeys(env: Variables = process.env): KeyRing {
  return new KeyRing([masterKeyOfRun(env)]);
}

export function masterKeyOfRun(env: Variables = process.env): MasterKey {
  return { id: MASTER_KEY_ID, key: Buffer.from(addressOf('SPEC_MASTER_KEY', env), 'base64') };
}

/** Whether defects are being injected (`npm run prove`): the platform then runs inside the process that runs scenarios. */
export function isProofUnderWay(env: Variables = process.env): boolean {
  return env['SPEC_PLATFORM'] === 'in-process';
}

/** The variables with which an instance of the platform runs on the services that `env` names. */
export function platformVariables(env: Variables = process.env): Record<string, string> {
  const given = (name: Address): string => addressOf(name, env);
  return {
    PLATFORM_ENVIRONMENT: 'test',
    HOST: '127.0.0.1',
    PORT: '0',
    // Scenarios say where people come from as a load balancer on this machine would.
    TRUSTED_PROXIES: '127.0.0.1',
    OPERATIONS_HOST: '127.0.0.1',
    OPERATIONS_PORT: '0',
    POSTGRES_URL: given('SPEC_POSTGRES_URL'),
    POSTGRES_OWNER_URL: given('SPEC_POSTGRES_OWNER_URL'),
    POSTGRES_SERVICE_URL: given('SPEC_POSTGRES_SERVICE_URL'),
    REDIS_URL: given('SPEC_REDIS_URL'),
    CLICKHOUSE_URL: given('SPEC_CLICKHOUSE_URL'),
    MASTER_KEYS: `${MASTER_KEY_ID}:${given('SPEC_MASTER_KEY')}`,
    OPERATOR_KEYS: `${OPERATOR}:${given('SPEC_OPERATOR_KEY')}`,
  };
}
