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
