import { AuthError } from '../errors';
import type { Role } from '../roles';

/** What somebody wants of a colleague, or of themselves. */
export interface WantedChange {
  /** The role of whoever wants it, as it is now. */
  readonly by: Role;
  /** The role of whom it is about, as it is now; null for somebody new. */
  readonly of: Role | null;
  /** The role they shall have; null: they shall go. */
  readonly to: Role | null;
  /** How many owners the company has now. */
  readonly owners: number;
}

/**
 * Administrators manage members and each other; owners manage everybody. Throws `not_allowed`, or `last_owner` for what would
 * leave the company without one.
 */
export function assertMayChange({ by, of, to, owners }: WantedChange): void {
  if (by === 'member') throw notAllowed('Only administrators and owners manage people.');
  if (by !== 'owner' && to === 'owner') throw notAllowed('Only an owner makes owners.');
  if (by !== 'owner' && of === 'owner') throw notAllowed('Only an owner changes or removes an owner.');
  if (of === 'owner' && to !== 'owner' && owners <= 1) {
    throw new AuthError('last_owner', 'A company always has an owner. Make somebody else an owner first.', {
      field: 'userId',
    });
  }
}

/** Whether somebody may give a person a new password: what a role may do must not be had by whoever is less. */
export function assertMaySetPassword(by: Role, of: Role): void {
  assertMayChange({ by, of, to: of, owners: 2 });
}

function notAllowed(message: string): AuthError {
  return new AuthError('not_allowed', message);
}
