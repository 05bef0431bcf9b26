import { openAuth, openDnsResolver, type Auth, type AuthConfig, type AuthDeps, type SsoDeps } from '../../../ssot/auth';
import { plans } from '../../../ssot/configuration-manager';
import { noMetrics, silentLogger, systemRandom, type Clock } from '../../../ssot/kernel';
import type { Connections } from '../../stores/connections';
import { addressOf, masterKeys, OPERATOR } from '../../settings';

const DAY = 86_400_000;

/** No company connects a provider. */
const NO_PROVIDERS: SsoDeps = {
  publicUrl: () => undefined,
  returnAddresses: () => [],
  internalIssuers: [],
  dns: openDnsResolver([]),
};

interface Changed extends Partial<Omit<AuthDeps, 'config'>> {
  readonly clock: Clock;
  readonly config?: Partial<AuthConfig>;
}

/** Auth itself on the real stores of this run, whose time is the clock's; lifetimes are the platform's unless changed. */
export async function authOn(connections: Connections, { clock, config, ...changed }: Changed): Promise<Auth> {
  return openAuth({
    db: await connections.database(),
    redis: connections.redis(),
    keys: masterKeys(),
    plans,
    clock,
    time: clock,
    random: systemRandom,
    ids: connections.ids,
    log: silentLogger,
    metrics: noMetrics,
    sso: NO_PROVIDERS,
    ...changed,
    config: {
      operatorKeys: [{ id: OPERATOR, key: { reveal: () => addressOf('SPEC_OPERATOR_KEY') } }],
      issuer: 'urn:specification',
      audience: 'specification',
      accessTokenMs: 900_000,
      sessionIdleMs: 7 * DAY,
      sessionMs: 30 * DAY,
      ...config,
    },
  });
}
