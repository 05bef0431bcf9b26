import type { Id } from '../kernel';
import { encode } from './base32';
import { IdError, type Read } from './errors';
import type { IdKind } from './kinds';
import { bitsOf, PROPER_UUID, RESERVED_UUID } from './uuid-text';

/**
 * The name of a record that came under a plain UUID: the same on any instance and any day, and `uuidOf` leads back.
 * Nothing but RFC 9562 text with hyphens is taken (`id_legacy_malformed`), and not nil or max (`id_reserved`).
 */
export function migrateUuid<K extends IdKind>(kind: K, legacy: string): Read<Id<K>> {
  if (PROPER_UUID.test(legacy)) return { ok: true, value: `${kind}_${encode(...bitsOf(legacy))}` as Id<K> };
  const error = RESERVED_UUID.test(legacy)
    ? new IdError({
        code: 'id_reserved',
        field: 'legacy',
        message:
          'The old name is all zeros or all ones, which names no record. Give the record a UUID of its own first.',
      })
    : new IdError({
        code: 'id_legacy_malformed',
        field: 'legacy',
        message: 'The old name is not a UUID of 36 characters with hyphens, version 1 to 8. Correct it at its source.',
      });
  return { ok: false, error };
}
