/** The sets of services of this run: a JSON array with the addresses of each, as the services plugin has started them. */
export const SETS_VARIABLE = 'SPEC_SETS_OF_SERVICES';

type Variables = Record<string, string | undefined>;

/** From here on this worker meets the set of services that no other worker meets, if there are so many. */
export function useOwnServices(env: Variables = process.env): void {
  const sets = setsOf(env);
  Object.assign(env, sets[Number(env['CUCUMBER_WORKER_ID'] ?? '0') % Math.max(1, sets.length)]);
}

/** Whether so many workers have services of their own. */
export function haveOwnServices(workers: number, env: Variables = process.env): boolean {
  return setsOf(env).length >= workers;
}

function setsOf(env: Variables): readonly Readonly<Record<string, string>>[] {
  return JSON.parse(env[SETS_VARIABLE] ?? '[]') as readonly Readonly<Record<string, string>>[];
}
