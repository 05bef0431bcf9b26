import { known } from '../../known';

/** The close codes of the published contract, by the reason that a device is given. */
const CLOSE_CODES: Readonly<Record<string, number>> = {
  token_missing: 4401,
  token_invalid: 4401,
  token_in_url: 4401,
  token_expired: 4401,
  origin_not_allowed: 4403,
  disconnected: 4403,
  connection_limit: 4409,
  too_many_messages: 4429,
  auth_unavailable: 1013,
  slow_consumer: 1013,
};

/** How a connection is closed for this reason. What is too big is not read whole, so that no reason is given. */
export function closingFor(reason: string): { readonly code: number; readonly reason: string } {
  if (reason === 'message_too_big') return { code: 1009, reason: '' };
  return { code: CLOSE_CODES[known('reason', reason, Object.keys(CLOSE_CODES))] as number, reason };
}
