import { z } from 'zod';
import type { SignedIn } from '../../../ssot/auth';
import { idSchema } from '../../../ssot/id-manager';
import type { Logger } from '../../../ssot/kernel';
import type { Services } from '../../services';
import { leave } from '../../wiring/ended-sign-ins';

export const tokens = { accessToken: z.string(), accessUntil: z.iso.datetime(), refreshToken: z.string() };
export const signedIn = z.object({
  ...tokens,
  sessionId: idSchema('session'),
  userId: idSchema('user'),
  tenantId: idSchema('tenant'),
  endedSessions: z
    .array(idSchema('session'))
    .describe('Oldest sign-ins that were ended: the plan has room for no more.'),
});

/** What somebody is answered who was let in, once the connections of sign-ins that had to give way are closed. */
export async function admit(
  services: Services,
  log: Logger,
  { tokens: pair, userId, tenantId, ended }: SignedIn,
): Promise<z.infer<typeof signedIn>> {
  if (ended.length > 0) {
    await leave(services, log, await services.auth.accounts.contextFor(tenantId, userId), ended);
  }
  return {
    accessToken: pair.access,
    accessUntil: pair.accessUntil.toISOString(),
    refreshToken: pair.refresh,
    sessionId: pair.sessionId,
    userId,
    tenantId,
    endedSessions: [...ended],
  };
}
