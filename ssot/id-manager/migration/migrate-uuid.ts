import type { Id } from '../../kernel';
import { decode, encode } from '../encoding/base32';
import { IdError, type Read } from '../errors';
import type { IdKind } from '../kinds';
import { bitsOf, PROPER_UUID, RESERVED_UUID, uuidText } from '../encoding/uuid';

/**
 * Converts the UUID of a record to an id: the same on any instance and any day; `uuidOf` is its exact inverse.
 * Only RFC 9562 text with hyphens is converted (else `id_legacy_malformed`), and not nil or max (`id_reserved`).
 */
export function migrateUuid<K extends IdKind>(kind: K, legacy: string): Read<Id<K>> {
  if (PROPER_UUID.test(legacy)) return { ok: true, value: `${kind}_${encode(...bitsOf(legacy))}` as Id<K> };
  const error = RESERVED_UUID.test(legacy)
    ? new IdError({
        code: 'id_reserved',
        field: 'legacy',
        message:
          'The legacy id is all zeros or all ones, which identifies no record. Give the record a UUID of its own first.',
      })
    : new IdError({
        code: 'id_legacy_malformed',
        field: 'legacy',
        message: 'The legacy id is not a UUID of 36 characters with hyphens, version 1 to 8. Correct it at its source.',
      });
  return { ok: false, error };
}

/** The UUID inside an id, in lower case with hyphens. */
export function uuidOf(id: Id): string {
  return uuidText(decode(id.slice(-26)));
}
