import { AuthError } from '../../errors';

/**
 * Where people may be sent back to: exactly one of the registered addresses, character by character, because a browser and a
 * parser need not agree on anything else. Throws `invalid_input`.
 */
export function assertReturnAddress(returnTo: string, registered: readonly string[]): string {
  if (registered.includes(returnTo)) return returnTo;
  const message =
    '"returnTo" is not one of the registered addresses. Leave it out, or ask the operators to register it.';
  throw new AuthError('invalid_input', message, { field: 'returnTo' });
}
