import { IdError, type Read } from './errors';

const MAX_PART_LENGTH = 128;

/**
 * One part of a combined key: 1 to 128 characters, of which all but letters, digits, `_` and `-` are percent-encoded,
 * so that no part can contain the separator or a search pattern. Throws `id_bad_key`.
 */
export function keyPart(text: string): string {
  if (text.length === 0 || text.length > MAX_PART_LENGTH) throw badKey('part', 'must have 1 to 128 characters');
  if (!text.isWellFormed()) throw badKey('part', 'must be well-formed text');
  return encodeURIComponent(text).replace(/[!'()*.~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Parts joined by ":". Distinct parts give distinct keys. Throws `id_bad_key`. */
export function composeKey(parts: readonly [string, ...string[]]): string {
  return parts.map(keyPart).join(':');
}

/** The exact inverse of `composeKey`: returns `id_bad_key` for any text that it would not have written. */
export function splitKey(key: string): Read<readonly string[]> {
  try {
    const parts = key.split(':').map(decodeURIComponent);
    if (parts.map(keyPart).join(':') === key) return { ok: true, value: parts };
  } catch (failure) {
    return { ok: false, error: badKey('key', 'is broken; build keys with composeKey only', failure) };
  }
  return { ok: false, error: badKey('key', 'is not spelt as composeKey writes it') };
}

function badKey(field: string, what: string, cause?: unknown): IdError {
  return new IdError({ code: 'id_bad_key', field, message: `"${field}" ${what}.`, cause });
}
