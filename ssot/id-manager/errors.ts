import { PlatformError } from '../kernel';

export const ID_CODES = [
  'id_not_text',
  'id_wrong_length',
  'id_wrong_kind',
  'id_unknown_kind',
  'id_not_canonical',
  'id_reserved',
  'id_bare_uuid',
  'id_bad_key',
  'id_entropy_failed',
  'id_legacy_malformed',
  'id_legacy_taken',
  'id_migration_unbalanced',
  'id_migration_closed',
] as const;
export type IdCode = (typeof ID_CODES)[number];

/** An error of id-manager. It names the field and the way out, and never repeats the value. */
export class IdError extends PlatformError {
  declare readonly code: IdCode;

  constructor(facts: { code: IdCode; message: string; field?: string; retryable?: boolean; cause?: unknown }) {
    super(facts);
  }
}

/** The result of reading: the value or the error. Reading never throws and never guesses. */
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: IdError };
