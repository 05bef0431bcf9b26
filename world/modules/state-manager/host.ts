import type { TenantId, ThreadId, UserId } from '../../../ssot/kernel';
import type { ControlledClock } from '../../operations/controlled-clock';
import type { Connections } from '../../stores/connections';

/** What scenarios about working state need of their World. */
export interface StateHost {
  /** Decides when entries expire. */
  readonly clock: ControlledClock;
  readonly connections: Pick<Connections, 'ids' | 'redis' | 'redisUrl' | 'database'>;
  own<T extends Disposable | AsyncDisposable>(thing: T): T;
}

/** Somebody who uses the platform through its public contract. */
export interface PlatformUser {
  readonly tenant: { id(): Promise<TenantId> };
  register(): Promise<UserId>;
  thread(): ThreadId;
  signInOn(device: string): Promise<unknown>;
  session(device: string): { readonly pair: { readonly sessionId: string } };
}
