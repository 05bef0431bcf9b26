import type { Id } from '../../kernel';
import { IdError, type IdCode, type Read } from '../errors';
import { ID_PATTERNS, MAX_LENGTH, MIN_LENGTH } from './form';
import { ID_KINDS, isKind, LABELS, type IdKind } from '../kinds';
import { ANY_UUID } from '../encoding/uuid';

/**
 * Validates `input` as an id of `kind`; nothing is repaired. `field` is what the error is about, `threadId` for a thread
 * unless given. Error codes: `id_not_text`, `id_wrong_length`, `id_bare_uuid`, `id_not_canonical`, `id_unknown_kind`,
 * `id_wrong_kind`, `id_reserved`.
 */
export function readId<K extends IdKind>(kind: K, input: unknown, field = `${kind}Id`): Read<Id<K>> {
  // Anchored and of one length, the pattern looks at no more than its own characters, however long the text is.
  if (typeof input === 'string' && ID_PATTERNS[kind].test(input)) {
    return { ok: true, value: input as Id<K> };
  }
  return { ok: false, error: errorOf(input, field, kind) };
}

/** `readId` for an id of any kind. */
export function readAnyId(input: unknown, field: string): Read<{ id: Id; kind: IdKind }> {
  if (typeof input === 'string') {
    const kind = ID_KINDS.find((known) => ID_PATTERNS[known].test(input));
    if (kind !== undefined) return { ok: true, value: { id: input as Id, kind } };
  }
  return { ok: false, error: errorOf(input, field) };
}

/** Why `input`, which matched no pattern, is not valid. */
function errorOf(input: unknown, field: string, expected?: IdKind): IdError {
  const wanted = expected === undefined ? 'an id' : LABELS[expected];
  const example = `${expected ?? 'thread'}_ and 26 characters`;
  const because = (code: IdCode, reason: string): IdError =>
    new IdError({ code, field, message: `"${field}" must be ${wanted}, written as ${example}; ${reason}.` });

  if (typeof input !== 'string') return because('id_not_text', 'this is not text');
  if (input.length > MAX_LENGTH) return because('id_wrong_length', 'this is too long');
  if (ANY_UUID.test(input)) {
    return because('id_bare_uuid', 'this is a plain UUID, whose id is found with the migration that imported it');
  }
  if (input.length < MIN_LENGTH) return because('id_wrong_length', 'this is too short');
  if (!/^[a-z0-9_]+$/.test(input)) {
    return because('id_not_canonical', 'only lower-case letters, digits and one underscore are allowed');
  }
  // The word before the first underscore; the whole text where there is none.
  const kind = input.split('_', 1)[0] as string;
  const suffix = input.slice(kind.length + 1);
  if (!isKind(kind)) return because('id_unknown_kind', 'this does not begin with a known kind of id');
  if (expected !== undefined && kind !== expected) return because('id_wrong_kind', `this is ${LABELS[kind]}`);
  if (suffix.length !== 26) return because('id_wrong_length', 'this does not have 26 characters after the underscore');
  if (/^(0+|7z+)$/.test(suffix)) return because('id_reserved', 'all zeros and all ones are never used');
  return because(
    'id_not_canonical',
    'after the underscore come 0 to 7 and then digits and letters without i, l, o and u',
  );
}
