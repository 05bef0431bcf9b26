/** Named by `PLATFORM_ENVIRONMENT`; no default, no aliases, exact spelling. */
export const ENVIRONMENTS = ['development', 'test', 'staging', 'production'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

/** Whether customers are served here: safety findings refuse the start instead of being warnings. */
export function servesCustomers(environment: Environment): boolean {
  return environment === 'staging' || environment === 'production';
}
