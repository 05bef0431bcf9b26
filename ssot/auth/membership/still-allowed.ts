import type { Permission, Transaction } from '../../kernel';
import type { Acting } from '../contract';
import { AuthError } from '../errors';
import { permissionsOf } from '../roles';
import { signInEnded } from '../sessions/session-endings';
import { lockStandings } from './person-rows';

/**
 * Judged once more in the transaction that decides, for somebody who was demoted or removed a moment before. Throws `not_allowed` or
 * `session_ended`.
 */
export async function assertStillAllowed(tx: Transaction, { principal }: Acting, need: Permission): Promise<void> {
  const { tenantId, userId } = principal.context;
  const role = (await lockStandings(tx, tenantId, [userId])).roles.get(userId);
  if (role === undefined) throw signInEnded();
  if (permissionsOf(role).includes(need)) return;
  throw new AuthError('not_allowed', `This needs the permission "${need}". Ask an owner of your company.`);
}
