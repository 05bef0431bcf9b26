import type { Id } from '../kernel';
import { IdError, type IdCode, type Read } from './errors';
import { FORM, LONGEST, SHORTEST } from './form';
import { CALLED, ID_KINDS, isKind, type IdKind } from './kinds';
import { ANY_UUID } from './uuid-text';

/**
 * Takes what came in for the name of `kind`, or says why it is none: `id_not_text`, `id_wrong_length`, `id_bare_uuid`,
 * `id_not_canonical`, `id_unknown_kind`, `id_wrong_kind`, `id_reserved`. Nothing is repaired. `field` is what the
 * refusal is about, `threadId` for a thread if not said otherwise.
 */
export function readId<K extends IdKind>(kind: K, input: unknown, field = `${kind}Id`): Read<Id<K>> {
  // Anchored and of one length, the form looks at no more than its own characters, however long the text is.
  if (typeof input === 'string' && FORM[kind].test(input)) {
    return { ok: true, value: input as Id<K> };
  }
  return { ok: false, error: refusal(input, field, kind) };
}

/** The same for a name of any kind. */
export function readAnyId(input: unknown, field: string): Read<{ id: Id; kind: IdKind }> {
  if (typeof input === 'string') {
    const kind = ID_KINDS.find((known) => FORM[known].test(input));
    if (kind !== undefined) return { ok: true, value: { id: input as Id, kind } };
  }
  return { ok: false, error: refusal(input, field) };
}

/** Why `input`, which no form accepted, is refused. */
function refusal(input: unknown, field: string, expected?: IdKind): IdError {
  const called = expected === undefined ? 'a name' : `the name of ${CALLED[expected]}`;
  const example = `${expected ?? 'thread'}_ and 26 characters`;
  const because = (code: IdCode, what: string): IdError =>
    new IdError({ code, field, message: `"${field}" must be ${called}, written as ${example}; ${what}` });

  if (typeof input !== 'string') return because('id_not_text', 'this is not text.');
  if (input.length > LONGEST) return because('id_wrong_length', 'this is too long to be one.');
  if (ANY_UUID.test(input)) {
    return because('id_bare_uuid', 'this is a plain UUID, which is answered by the migration it was brought in with.');
  }
  if (input.length < SHORTEST) return because('id_wrong_length', 'this is too short to be one.');
  if (!/^[a-z0-9_]+$/.test(input)) {
    return because('id_not_canonical', 'only lower-case letters, digits and one underscore stand in it.');
  }
  // The word before the first underscore; the whole text where there is none.
  const kind = input.split('_', 1)[0] as string;
  const suffix = input.slice(kind.length + 1);
  if (!isKind(kind)) return because('id_unknown_kind', 'this begins with no kind of name that exists.');
  if (expected !== undefined && kind !== expected) {
    return because('id_wrong_kind', `this is the name of ${CALLED[kind]}.`);
  }
  if (suffix.length !== 26) return because('id_wrong_length', 'this has not 26 characters after the underscore.');
  if (/^(0+|7z+)$/.test(suffix)) return because('id_reserved', 'all zeros and all ones are never given.');
  return because('id_not_canonical', 'after the underscore come 0 to 7 and then letters without i, l, o and u.');
}
