import { z } from 'zod';
import { sql, type Clock } from '../../kernel';
import type { AccountTurns } from '../turns/account-turns';
import type { PersonPrincipal } from '../contract';
import { AuthError } from '../errors';
import { signInEnded } from '../sessions/session-endings';

/** A proof counts for sensitive actions for so long. */
export const FRESH_MS = 10 * 60_000;

const provedRow = z.object({ proved_at: z.date() });

/**
 * For sensitive actions: whoever signed in, or proved themselves again, within ten minutes. Asked anew each time, because a
 * proof at another instance counts at once. Throws `step_up_required`, or `session_ended` for whoever is gone.
 */
export async function assertFreshProof(
  { turns, clock }: { readonly turns: AccountTurns; readonly clock: Clock },
  principal: PersonPrincipal,
): Promise<void> {
  const provedAt = await proofOf(turns, principal);
  // Removed a moment ago.
  if (provedAt === undefined) throw signInEnded();
  if (clock.now() - provedAt.getTime() < FRESH_MS) return;
  throw new AuthError('step_up_required', 'Prove again that it is you: your code, or your password without one.');
}

async function proofOf(turns: AccountTurns, { sessionId, context }: PersonPrincipal): Promise<Date | undefined> {
  const [row] = await turns.run(
    context.tenantId,
    (tx) =>
      tx.query(
        sql`select coalesce(proved_at, auth_time) as proved_at from session where session_id = ${sessionId}`,
        provedRow,
      ),
    true,
  );
  return row?.proved_at;
}
