import { PlatformError } from '../kernel';
import type { Cursor, StateRecord } from './contract';

/** Each says whether the same call may succeed later. */
export const STATE_CODES = {
  state_invalid_key: false,
  state_invalid_value: false,
  state_too_large: false,
  state_invalid_lifetime: false,
  /** A page mark or a cursor that is altered, out of date or somebody else's; an entry twice in a batch. */
  state_invalid_query: false,
  /** `expect` was not met; the error carries the winning record. */
  state_conflict: true,
  /** The key stayed busy for two seconds. */
  state_contended: true,
  /** What is stored is not of the kind's shape. */
  state_shape_mismatch: false,
  state_forbidden: false,
  /** The person was erased. */
  state_erased: false,
  state_quota_exceeded: true,
  state_hot_unavailable: true,
  state_durable_unavailable: true,
  state_out_of_memory: true,
  /** What stood there was damaged and has been set aside. */
  state_corrupted: false,
  /** The error carries the cursor to go on from. */
  state_watcher_too_slow: true,
  state_misconfigured: false,
  state_closed: false,
} as const;
export type StateCode = keyof typeof STATE_CODES;

interface More {
  readonly field?: string;
  readonly cause?: unknown;
  readonly winner?: StateRecord<unknown> | undefined;
  readonly cursor?: Cursor;
}

export class StateError extends PlatformError {
  declare readonly code: StateCode;
  /** Of a `state_conflict`: what stands there now, or nothing. */
  readonly winner?: StateRecord<unknown>;
  /** Of a `state_watcher_too_slow`: where to go on. */
  readonly cursor?: Cursor;

  constructor(code: StateCode, message: string, more: More = {}) {
    const { winner, cursor, ...facts } = more;
    super({ code, message, retryable: STATE_CODES[code], ...facts });
    if (winner !== undefined) this.winner = winner;
    if (cursor !== undefined) this.cursor = cursor;
  }
}
