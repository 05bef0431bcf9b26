import { SERVICES, type Service } from '../../support/services/contract';
import { needsOf } from '../../support/services/needs';
import { platformSecrets } from '../../support/services/processes/platform-process';
import { startServices, type RunningServices } from '../../support/services/start-services';
import type { Check } from '../checks/check';
import type { OwnServices } from './slot';

/** Which services must run for these checks; a service test may talk to all of them. */
export function servicesFor(checks: readonly Check[]): ReadonlySet<Service> {
  const isServiceTest = ({ place }: Check): boolean => place.kind === 'test' && place.file.endsWith('.service.test.ts');
  if (checks.some(isServiceTest)) return new Set(SERVICES);
  const scenarios = checks.filter(({ kind }) => kind === 'scenario');
  return needsOf(
    scenarios.map(({ tags }) => tags),
    false,
  ).services;
}

/** Starts a set of services for one worker. They are stopped with `stop`, on Ctrl-C, and by the watchdog after a crash. */
export async function startOwnServices(needs: ReadonlySet<Service>): Promise<OwnServices> {
  const secrets = platformSecrets(process.env);
  const start = async (): Promise<RunningServices | null> => (needs.size === 0 ? null : await startServices(needs));
  let running = await start();
  return {
    get env() {
      return { ...secrets, ...running?.env };
    },
    renew: async () => {
      await running?.stop();
      running = await start();
    },
    stop: async () => {
      await running?.stop();
      running = null;
    },
  };
}
