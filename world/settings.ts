/** Where the services of this run are; the services plugin writes them into the environment before workers start. */
export type Address =
  | 'SPEC_POSTGRES_URL'
  | 'SPEC_POSTGRES_OWNER_URL'
  | 'SPEC_POSTGRES_SERVICE_URL'
  | 'SPEC_REDIS_URL'
  | 'SPEC_CLICKHOUSE_URL'
  | 'SPEC_PLATFORM_URL'
  | 'SPEC_OPERATOR_KEY'
  | 'SPEC_MASTER_KEY';

export function addressOf(name: Address): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new Error(
      `${name} is not set: this scenario needs a service that was not started for it. ` +
        'Tag it @integration or @e2e, so that its services start with the run.',
    );
  }
  return value;
}

/** The variables with which an instance of the platform runs on the services of this run. */
export function platformVariables(): Record<string, string> {
  return {
    PLATFORM_ENVIRONMENT: 'test',
    HOST: '127.0.0.1',
    PORT: '0',
    POSTGRES_URL: addressOf('SPEC_POSTGRES_URL'),
    POSTGRES_OWNER_URL: addressOf('SPEC_POSTGRES_OWNER_URL'),
    POSTGRES_SERVICE_URL: addressOf('SPEC_POSTGRES_SERVICE_URL'),
    REDIS_URL: addressOf('SPEC_REDIS_URL'),
    CLICKHOUSE_URL: addressOf('SPEC_CLICKHOUSE_URL'),
    MASTER_KEY: addressOf('SPEC_MASTER_KEY'),
    OPERATOR_KEY: addressOf('SPEC_OPERATOR_KEY'),
  };
}
