import { PlatformError } from '../kernel';

export const PERSISTENCE_CODES = {
  persistence_invalid_input: false,
  persistence_not_serialisable: false,
  persistence_too_large: false,
  /** Unknown, or another company's: the same words for both. */
  persistence_not_found: false,
  /** Somebody else saved first; the error carries the version that stands. */
  persistence_version_conflict: false,
  persistence_save_id_reused: false,
  /** A newer holder has saved; this one must stop. */
  persistence_fenced_off: false,
  persistence_run_ended: false,
  /** What is not in the history as it is here is not given up here. */
  persistence_not_copied: true,
  /** The history cannot be asked now, or what is there is not what was put there. */
  persistence_cold_unavailable: true,
  /** Nothing is stored of this person, or nothing was asked for: the same words as for somebody of another company. */
  persistence_subject_unknown: false,
  /** This key came with another request first. */
  persistence_request_key_reused: false,
  /** There is no legal hold to lift. */
  persistence_not_held: false,
  /** A legal hold keeps what is there. */
  persistence_on_hold: false,
} as const;
export type PersistenceCode = keyof typeof PERSISTENCE_CODES;

/** The store's own failures come as `DatabaseError`. Nothing was written in any case. */
export class PersistenceError extends PlatformError {
  declare readonly code: PersistenceCode;
  /** Of a `persistence_version_conflict`: the version that stands. */
  readonly version?: number;

  constructor(
    code: PersistenceCode,
    message: string,
    more: { field?: string; version?: number; cause?: unknown } = {},
  ) {
    const { version, ...facts } = more;
    super({ code, message, retryable: PERSISTENCE_CODES[code], ...facts });
    if (version !== undefined) this.version = version;
  }
}
