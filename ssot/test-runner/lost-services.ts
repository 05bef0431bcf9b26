/**
 * Services that a hook blames for a scenario, in the order of their loss: `PostgreSQL was lost at
 * 2026-01-02T03:04:05.000Z in the middle of the run (why). The scenario was not judged.`
 */
export function lostServicesIn(hookMessage: string): string[] {
  return [...hookMessage.matchAll(/(The platform|\S+) was lost at \d{4}-\S+ in the middle of the run/g)].map(
    ([, service = '']) => service.replace('The', 'the'),
  );
}

/** One sentence for each service; a scenario counts for the first that was lost. `lost`: of each scenario. */
export function lossSentences(lost: readonly (readonly string[])[]): string[] {
  const scenarios = Map.groupBy(
    lost.filter((services) => services.length > 0),
    ([first = '']) => first,
  );
  return [...scenarios].map(
    ([service, { length }]) =>
      `${length} ${length === 1 ? 'scenario was' : 'scenarios were'} not judged, because ${service} was lost.`,
  );
}
