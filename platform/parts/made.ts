import type { Analytics } from '../../ssot/analytics';
import type { Auth } from '../../ssot/auth';
import type { Configuration } from '../../ssot/configuration-manager';
import type { Database } from '../../ssot/database-manager';
import { PlatformError } from '../../ssot/kernel';
import type { Part } from '../../ssot/lifecycle-manager';
import type { RedisConnection, StateManager } from '../../ssot/state-manager';
import type { StatePersistence } from '../../ssot/state-persistence';
import type { Gateway, ThreadNotifier } from '../../ssot/websocket-manager';
import type { Services } from '../services';

/** What the parts of an instance make for each other when they start. */
interface Makes {
  readonly database: Database;
  readonly redis: RedisConnection;
  readonly persistence: StatePersistence;
  readonly state: StateManager;
  readonly configuration: Configuration;
  readonly analytics: Analytics;
  readonly auth: Auth;
  readonly notifier: ThreadNotifier;
  readonly services: Services;
  readonly gateway: Gateway;
}

/** Ways to some of it, which throw `not_ready` until the part that makes it has started. */
export type Made<K extends keyof Makes> = { readonly [N in K]: () => Makes[N] };

/** Parts with the ways to what they make. */
export type Parts<K extends keyof Makes> = Made<K> & { readonly parts: readonly Part[] };

/** Parts start in order of need, so what a part needs is there. */
export function made<T>(part: T | undefined): T {
  if (part !== undefined) return part;
  throw new PlatformError({
    code: 'not_ready',
    message: 'This instance is still starting. Try again in a second.',
    retryable: true,
    retryAfterMs: 1_000,
  });
}
