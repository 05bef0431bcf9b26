import type { Logger, SessionId, TenantContext, UserId } from '../../ssot/kernel';
import type { Services } from '../services';
import { clearStateOf } from './clear-state';

/** Closes the connections of ended sign-ins, of whomever in the company, on every instance. */
export async function closeConnectionsOf(
  services: Services,
  { tenantId }: Pick<TenantContext, 'tenantId'>,
  userId: UserId,
  ended: readonly SessionId[],
): Promise<void> {
  for (const sessionId of ended) await services.gateway().revoke({ tenantId, userId, sessionId });
}

/** Closes the connections of one's own ended sign-ins, and forgets what they kept. */
export async function leave(
  services: Services,
  log: Logger,
  context: TenantContext,
  ended: readonly SessionId[],
): Promise<void> {
  await closeConnectionsOf(services, context, context.userId, ended);
  for (const id of ended) await clearStateOf({ scope: 'session', id }, { state: services.state, log }, context);
}

/** Closes the connections of somebody who is not of the company any more, and forgets what they kept. */
export async function dismiss(services: Services, log: Logger, by: TenantContext, userId: UserId): Promise<void> {
  await services.gateway().revoke({ tenantId: by.tenantId, userId });
  await clearStateOf({ user: userId }, { state: services.state, log }, by);
}
