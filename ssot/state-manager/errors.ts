import { PlatformError } from '../kernel';
import type { StateRecord } from './contract';

export const STATE_CODES = {
  state_invalid_key: false,
  state_invalid_value: false,
  state_too_large: false,
  state_invalid_lifetime: false,
  /** `expect` was not met; the error carries the winning record. */
  state_conflict: true,
  /** The key stayed busy for two seconds. */
  state_contended: true,
  /** What is stored is not of the kind's shape. */
  state_shape_mismatch: false,
  state_hot_unavailable: true,
  state_out_of_memory: true,
  state_closed: false,
} as const;
export type StateCode = keyof typeof STATE_CODES;

export class StateError extends PlatformError {
  declare readonly code: StateCode;
  /** Of a `state_conflict`: what stands there now, or nothing. */
  readonly winner?: StateRecord<unknown>;

  constructor(
    code: StateCode,
    message: string,
    more: { field?: string; cause?: unknown; winner?: StateRecord<unknown> | undefined } = {},
  ) {
    const { winner, ...facts } = more;
    super({ code, message, retryable: STATE_CODES[code], ...facts });
    if (winner !== undefined) this.winner = winner;
  }
}
