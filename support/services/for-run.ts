import type { Writable } from 'node:stream';
import { PlatformError } from '../../ssot/kernel';
import { SETS_VARIABLE } from '../../world/own-services';
import { isProofUnderWay } from '../../world/settings';
import { hasExternal } from './choice';
import { ServiceError, TITLE, type Service } from './contract';
import { needsOf } from './needs';
import { platformSecrets } from './processes/platform-process';
import { Progress } from './progress';
import { startServices, type RunningServices } from './start-services';

/** A set more takes three seconds to start, which so many scenarios that take turns would not. */
const FEW_OPERATIONS = 8;

/** What a run of the suite keeps about its services (`reports/output/services.json`); times in milliseconds. */
export type ServiceFigures = Pick<RunningServices, 'wallMs' | 'timings' | 'versions' | 'providers'>;

export interface ServicesForRun {
  readonly figures: ServiceFigures;
  stop(): Promise<void>;
}

/**
 * Starts what these scenarios (each given by its tags) need and puts the addresses into `process.env`, which workers
 * inherit. What cannot start ends the process with one sentence for each: no scenario could mean anything.
 */
export async function startForRun(
  scenarios: readonly (readonly string[])[],
  workers: number,
  stderr: Writable,
): Promise<ServicesForRun> {
  const variables = process.env;
  try {
    const hasDeployment = isSet(variables['SPEC_PLATFORM_URL']);
    for (const name of ['SPEC_OPERATIONS_URL', 'SPEC_OPERATOR_KEY']) {
      if (!hasDeployment || isSet(variables[name])) continue;
      throw new ServiceError(
        'Platform',
        `SPEC_PLATFORM_URL is set, but ${name} is not`,
        'Set it to that of the deployment, so that scenarios can make their companies there.',
      );
    }
    const needs = needsOf(scenarios, hasDeployment);
    if (needs.services.size === 0) return nothing;
    Object.assign(variables, platformSecrets(variables));
    return await startVisibly(needs, hasDeployment ? 1 : setsFor(scenarios, needs.services, workers), stderr);
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

const nothing: ServicesForRun = {
  figures: { wallMs: 0, timings: [], versions: {}, providers: {} },
  stop: async () => {},
};

/** Scenarios that start instances of their own run side by side only where each worker has services of its own. */
function setsFor(scenarios: readonly (readonly string[])[], services: ReadonlySet<Service>, workers: number): number {
  if (hasExternal(services)) return 1;
  const operations = scenarios.filter((tags) => tags.includes('@operations'));
  return operations.length > FEW_OPERATIONS ? Math.max(1, workers) : 1;
}

async function startVisibly(
  needs: ReturnType<typeof needsOf>,
  sets: number,
  stderr: Writable,
): Promise<ServicesForRun> {
  const withPlatform = needs.platform && !isProofUnderWay();
  const names = [...[...needs.services].map((service) => TITLE[service]), ...(withPlatform ? ['the platform'] : [])];
  const progress = new Progress(stderr, `Starting ${names.join(', ')}`);
  let summary: string | undefined;
  try {
    const onProgress = (line: string): void => progress.say(line);
    const running = await startServices(needs.services, { withPlatform, sets, onProgress });
    Object.assign(process.env, running.env, { [SETS_VARIABLE]: JSON.stringify(running.sets) });
    summary = `${sets > 1 ? `${sets} sets of services` : 'Services'} ready in ${(running.wallMs / 1_000).toFixed(1)} s: ${Object.values(running.versions).join(', ')}`;
    return { figures: figuresOf(running), stop: () => running.stop() };
  } finally {
    progress.end(summary);
  }
}

function figuresOf({ wallMs, timings, versions, providers }: RunningServices): ServiceFigures {
  return { wallMs, timings, versions, providers };
}

function isSet(text: string | undefined): boolean {
  return text !== undefined && text !== '';
}
