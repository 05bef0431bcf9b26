import { openAuth, type Auth, type AuthDeps } from '../../ssot/auth';
import { plans } from '../../ssot/configuration-manager';
import { noMetrics, silentLogger, systemRandom } from '../../ssot/kernel';
import { ControlledClock } from '../../world/controlled-clock';
import { addressOf, masterKeys } from '../../world/settings';
import { stores } from './stores';

export const PASSWORD = 'a password that is long enough';

/** Auth on the real stores of this run, on a controlled clock unless another one is given. */
export async function openTestAuth(changed: Partial<AuthDeps> = {}): Promise<Auth> {
  const clock = changed.clock ?? new ControlledClock();
  return openAuth({
    db: await stores.database(),
    redis: stores.redis(),
    keys: masterKeys(),
    plans,
    clock,
    time: clock,
    random: systemRandom,
    ids: stores.ids,
    log: silentLogger,
    metrics: noMetrics,
    config: {
      operatorKey: { reveal: () => addressOf('SPEC_OPERATOR_KEY') },
      issuer: 'urn:module-test',
      audience: 'module-test',
      accessTokenMs: 900_000,
      sessionIdleMs: 7 * 86_400_000,
      sessionMs: 30 * 86_400_000,
    },
    ...changed,
  });
}
