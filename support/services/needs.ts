import { SERVICES, type Service } from './contract';

export interface Needs {
  readonly services: ReadonlySet<Service>;
  /** Whether the shared process of the platform must run. */
  readonly platform: boolean;
}

/** What the integration scenarios of these modules talk to; the others' may talk to all three. */
const MODULE_NEEDS: Readonly<Record<string, readonly Service[]>> = {
  '@id-manager': ['postgres'],
  '@configuration-manager': ['postgres'],
  '@database-manager': ['postgres'],
  '@auth': ['postgres', 'redis'],
  '@state-manager': ['postgres', 'redis'],
  '@analytics': ['postgres', 'clickhouse'],
};

/**
 * Reads from the selected scenarios' tags what must run for them. A deployment whose address is given (`SPEC_PLATFORM_URL`)
 * brings its own services along; only scenarios that start instances of their own (`@operations`) need ours.
 */
export function needsOf(scenarios: Iterable<readonly string[]>, hasDeployment: boolean): Needs {
  const services = new Set<Service>();
  let platform = false;
  for (const tags of scenarios) {
    if (tags.includes('@unit')) continue;
    const isEndToEnd = tags.includes('@e2e');
    if (isEndToEnd && hasDeployment && !tags.includes('@operations')) continue;
    platform ||= isEndToEnd && !hasDeployment;
    for (const service of servicesOf(tags)) services.add(service);
  }
  return { services, platform };
}

function servicesOf(tags: readonly string[]): readonly Service[] {
  if (!tags.includes('@integration')) return SERVICES;
  const known = tags.flatMap((tag) => MODULE_NEEDS[tag] ?? []);
  const hasUnknownModule = known.length === 0;
  return hasUnknownModule ? SERVICES : known;
}
