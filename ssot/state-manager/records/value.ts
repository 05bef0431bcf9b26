import type { Json } from '../../kernel';
import type { StateKind } from '../contract';
import { StateError } from '../errors';
import { MAX_VALUE_BYTES } from '../limits';

const MAX_DEPTH = 100;

/**
 * JSON that reads back as exactly the same value. Throws StateError with the path inside the value for what JSON would lose
 * and for another shape (state_invalid_value), and for more than 256 KiB (state_too_large).
 */
export function serialize<T>(kind: StateKind<T>, value: T): string {
  assertFaithful(value, 'value', []);
  const parsed = kind.schema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw invalid(['value', ...(issue?.path ?? []).map(String)].join('.'), issue?.message ?? 'has another shape');
  }
  const text = JSON.stringify(value);
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_VALUE_BYTES) {
    const message = `The value has ${bytes} bytes as JSON; at most ${MAX_VALUE_BYTES} are allowed. Nothing was written.`;
    throw new StateError('state_too_large', message, { field: 'value' });
  }
  return text;
}

/** The stored text as the kind's newest shape. Throws StateError (state_shape_mismatch). */
export function deserialize<T>(kind: StateKind<T>, text: string, fromShape: number): T {
  const stored = JSON.parse(text) as Json;
  const shape = kind.shape ?? 1;
  if (fromShape > shape) throw mismatch(kind, `it was written by a newer release (shape ${fromShape}, known ${shape})`);
  if (fromShape < shape && kind.upgrade === undefined) {
    throw mismatch(kind, `it was written by an older release (shape ${fromShape}) and the kind declares no upgrade`);
  }
  const parsed = kind.schema.safeParse(fromShape < shape ? kind.upgrade?.(stored, fromShape) : stored);
  if (parsed.success) return parsed.data;
  throw mismatch(kind, `${parsed.error.issues[0]?.message}`);
}

function assertFaithful(value: unknown, path: string, around: readonly object[]): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number') {
    if (!Number.isFinite(value) || Object.is(value, -0))
      throw invalid(path, `${Object.is(value, -0) ? '-0' : value} is not a number in JSON`);
    return;
  }
  if (typeof value !== 'object') throw invalid(path, `${typeof value} cannot be stored as JSON`);
  if (around.includes(value)) throw invalid(path, 'leads back into itself');
  if (around.length >= MAX_DEPTH) throw invalid(path, `is nested deeper than ${MAX_DEPTH} levels`);
  const inside = [...around, value];
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) assertFaithful(value[i], `${path}.${i}`, inside);
    return;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) throw invalid(path, 'is not a plain object');
  for (const [name, part] of Object.entries(value)) assertFaithful(part, `${path}.${name}`, inside);
}

function invalid(field: string, what: string): StateError {
  return new StateError('state_invalid_value', `${field}: ${what}. Nothing was written.`, { field });
}

function mismatch<T>(kind: StateKind<T>, why: string): StateError {
  return new StateError('state_shape_mismatch', `What is stored as "${kind.name}" cannot be read: ${why}.`);
}
