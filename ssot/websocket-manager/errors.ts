import { PlatformError } from '../kernel';

/** Every code of this module, and whether the same request may succeed later. */
export const CHAT_CODES = {
  /** Foreign and unknown threads read the same. */
  thread_not_found: false,
  /** An event that cannot travel or is not of its type's shape; `field` says where. */
  event_invalid: false,
  /** More than 32 KiB. */
  event_too_large: false,
  /** An event that would break the grammar of its run. */
  story_broken: false,
  invalid_json: false,
  invalid_message: false,
  unknown_type: false,
  binary_not_supported: false,
  /** Resuming after a number that the thread has not reached: start over. */
  seq_ahead: false,
  /** More than 20 threads on one device. */
  thread_limit: false,
  token_missing: false,
  /** The line outlived its token. */
  token_expired: false,
  /** The sign-in behind the line was ended. */
  session_ended: false,
  /** The new token is somebody else's. */
  other_person: false,
  subprotocol_missing: false,
  origin_refused: false,
  restarting: true,
} as const;
export type ChatCode = keyof typeof CHAT_CODES;

export class ChatError extends PlatformError {
  declare readonly code: ChatCode;

  constructor(code: ChatCode, message: string, more: { field?: string; retryAfterMs?: number; cause?: unknown } = {}) {
    super({ code, message, retryable: CHAT_CODES[code], ...more });
  }
}

export function threadNotFound(): ChatError {
  return new ChatError('thread_not_found', 'There is no such thread.', { field: 'threadId' });
}
