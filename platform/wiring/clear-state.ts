import type { Logger, TenantContext, UserId } from '../../ssot/kernel';
import { StateError, type Scope, type StateManager } from '../../ssot/state-manager';

/**
 * Ends the working state of what a customer has ended. What was asked for is done already and stays done: when a store is
 * away, what is left is out of everybody's reach and ends with its lifetime.
 */
export async function clearStateOf(
  target: { readonly scope: Scope; readonly id: string } | { readonly user: UserId },
  { state, log }: { readonly state: StateManager; readonly log: Logger },
  ctx: TenantContext,
): Promise<void> {
  try {
    await state.clear(ctx, target);
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    log.warn({ ...target, code: error.code }, 'working state could not be cleared');
  }
}
