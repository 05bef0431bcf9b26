import { PlatformError, type ReachedLimit } from '../kernel';

/** Every code of this module, and whether the same request may succeed later. */
export const CHAT_CODES = {
  /** Foreign and unknown threads read the same. */
  thread_not_found: false,
  /** A person, or their company, has as many threads as the plan allows: one must be deleted first. */
  thread_limit: false,
  /** An `Idempotency-Key` that was used for a thread of another title. */
  idempotency_key_reused: false,
  /** An event that cannot travel or is not of its type's shape; `field` says where. */
  event_invalid: false,
  /** More than 32 KiB. */
  event_too_big: false,
  /** An event that would break the grammar of its run. */
  sequence_violation: false,
  invalid_json: false,
  invalid_message: false,
  unknown_type: false,
  binary_not_supported: false,
  /** Resuming after a number that the thread has not reached, which `headSeq` names: start over. */
  seq_ahead: false,
  /** More than 20 threads on one device. */
  subscription_limit: false,
  token_missing: false,
  /** A URL is logged by everybody on the way; sign out what the token belongs to. */
  token_in_url: false,
  /** Tokens cannot be verified right now. */
  auth_unavailable: true,
  /** The connection outlived its token. */
  token_expired: false,
  /** The sign-in behind the connection was ended. */
  session_ended: false,
  /** The new token is somebody else's. */
  other_person: false,
  /** Somebody with the right to do so ended this person's access. */
  access_revoked: false,
  /** The person's company has begun to ask for a second factor, and they have none. */
  second_factor_missing: false,
  /** The person closed this device from another one. */
  disconnected: false,
  /** A person, or their company, has as many devices open as the plan allows. */
  connection_limit: false,
  /** Faster than allowed; `retryAfterMs` says when to go on. */
  rate_limited: true,
  /** Ten refusals within a minute were ignored. */
  too_many_messages: false,
  /** This instance is still starting. */
  not_ready: true,
  /** This instance has as many connections as it can serve. */
  overloaded: true,
  subprotocol_required: false,
  /** The WebSocket handshake breaks RFC 6455; the message says where. */
  invalid_handshake: false,
  origin_not_allowed: false,
  restarting: true,
} as const;
export type ChatCode = keyof typeof CHAT_CODES;

interface More {
  readonly field?: string;
  readonly retryAfterMs?: number;
  readonly headSeq?: number;
  readonly limit?: ReachedLimit;
}

export class ChatError extends PlatformError {
  declare readonly code: ChatCode;
  /** Of `seq_ahead`: the last number there is. */
  readonly headSeq?: number;

  constructor(code: ChatCode, message: string, more: More = {}) {
    const { headSeq, ...facts } = more;
    super({ code, message, retryable: CHAT_CODES[code], ...facts });
    if (headSeq !== undefined) this.headSeq = headSeq;
  }
}

export function threadNotFound(field: 'threadId' | 'before' = 'threadId'): ChatError {
  return new ChatError('thread_not_found', 'There is no such thread.', { field });
}

export function authUnavailable(retryAfterMs: number): ChatError {
  return new ChatError('auth_unavailable', 'Authentication is temporarily unavailable. Try again in a moment.', {
    retryAfterMs,
  });
}
