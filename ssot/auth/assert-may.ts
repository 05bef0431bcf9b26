import { allows, assertAllowed, type Permission } from '../kernel';
import type { Principal } from './contract';
import { AuthError } from './errors';

/** Throws `second_factor_missing` for somebody who can only set one up, and `not_allowed` for everybody else without the right. */
export function assertMay(principal: Principal, need: Permission): void {
  if (principal.kind === 'person' && principal.secondFactor === 'due' && !allows(principal.context, need)) {
    throw secondFactorMissing();
  }
  assertAllowed(principal.context, need);
}

export function secondFactorMissing(): AuthError {
  return new AuthError('second_factor_missing', 'Your company asks for a second factor. Set one up to go on.');
}
