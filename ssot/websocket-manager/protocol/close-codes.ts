import type { ChatCode } from '../errors';

/** Close codes of the wire contract. */
export const CLOSE = {
  not_authenticated: 4401,
  not_allowed: 4403,
  idle: 4408,
  connection_limit: 4409,
  too_many_messages: 4429,
  restarting: 1012,
  overloaded: 1013,
} as const;
export type CloseReason = keyof typeof CLOSE;

/** The close that follows a refusal; whoever cannot show who they are is not authenticated. */
const REFUSALS: Partial<Record<ChatCode, CloseReason>> = {
  origin_not_allowed: 'not_allowed',
  other_person: 'not_allowed',
  access_revoked: 'not_allowed',
  second_factor_missing: 'not_allowed',
  disconnected: 'not_allowed',
  connection_limit: 'connection_limit',
  rate_limited: 'too_many_messages',
  too_many_messages: 'too_many_messages',
  restarting: 'restarting',
  overloaded: 'overloaded',
  not_ready: 'overloaded',
  auth_unavailable: 'overloaded',
};

export function closeReasonOf(code: string): CloseReason {
  return REFUSALS[code as ChatCode] ?? 'not_authenticated';
}
