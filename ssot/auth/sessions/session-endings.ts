import type { LimitsByPlan } from '../../configuration-manager';
import type { Plan } from '../../kernel';
import { AuthError } from '../errors';

/** Why a sign-in was ended before its time, as it is stored. */
export const ENDINGS = [
  'signed_out',
  'sign_in_limit',
  'token_reused',
  'suspended',
  'password_changed',
  'provider',
  'factor_changed',
] as const;
export type Ending = (typeof ENDINGS)[number];

/** Tells why, as far as it helps. Of a sign-in that is not stored any more nothing is known. */
export function sessionEnded(
  session: { readonly ended_by: Ending | null; readonly plan: Plan } | undefined,
  plans: LimitsByPlan<'signInsPerPerson'>,
): AuthError {
  if (session?.ended_by !== 'sign_in_limit') return signInEnded();
  const { signInsPerPerson: max } = plans[session.plan];
  const words = `This sign-in was ended by a newer one: your plan has ${max} for each person. Sign in again.`;
  return new AuthError('session_ended', words);
}

/** Of whoever is gone, or a sign-in of which nothing more can be told. */
export function signInEnded(): AuthError {
  return new AuthError('session_ended', 'This sign-in has ended. Sign in again.');
}
