import { PlatformError } from '../kernel';
import type { StateRecord } from './contract';

/** Each says whether the same call may succeed later. */
export const STATE_CODES = {
  state_invalid_key: false,
  state_invalid_value: false,
  state_too_large: false,
  state_invalid_lifetime: false,
  /** A list cursor that is altered, out of date or somebody else's; a page of an impossible size. */
  state_invalid_query: false,
  /** `expect` was not met; the error carries the winning record. */
  state_conflict: true,
  /** The key stayed busy for two seconds. */
  state_contended: true,
  /** What is stored is not of the kind's shape. */
  state_shape_mismatch: false,
  state_forbidden: false,
  /** The user was erased. */
  state_erased: false,
  state_quota_exceeded: true,
  state_hot_unavailable: true,
  state_durable_unavailable: true,
  state_out_of_memory: true,
  /** What stood there was damaged and has been set aside. */
  state_corrupted: false,
  state_misconfigured: false,
  state_closed: false,
} as const;
export type StateCode = keyof typeof STATE_CODES;

interface Details {
  readonly field?: string;
  readonly cause?: unknown;
  readonly winner?: StateRecord<unknown> | undefined;
}

export class StateError extends PlatformError {
  declare readonly code: StateCode;
  /** Of a `state_conflict`: the record that stands there now, if any. */
  readonly winner?: StateRecord<unknown>;

  constructor(code: StateCode, message: string, details: Details = {}) {
    const { winner, ...rest } = details;
    super({ code, message, retryable: STATE_CODES[code], ...rest });
    if (winner !== undefined) this.winner = winner;
  }
}
