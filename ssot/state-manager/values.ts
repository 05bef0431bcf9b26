import type { Json } from '../kernel';
import type { StateKind } from './contract';
import { StateError } from './errors';
import { VALUE_BYTES } from './limits';

const DEEPEST = 100;

/** JSON that reads back as exactly the same value; refuses what JSON would lose, naming the place in the value. */
export function written<T>(kind: StateKind<T>, value: T): string {
  assertFaithful(value, 'value', []);
  const read = kind.schema.safeParse(value);
  if (!read.success) {
    const issue = read.error.issues[0];
    throw invalid(['value', ...(issue?.path ?? []).map(String)].join('.'), issue?.message ?? 'has another shape');
  }
  const text = JSON.stringify(value);
  const bytes = Buffer.byteLength(text);
  if (bytes > VALUE_BYTES) {
    throw new StateError(
      'state_too_large',
      `The value has ${bytes} bytes as JSON, ${VALUE_BYTES} are possible. Nothing was written.`,
      { field: 'value' },
    );
  }
  return text;
}

/** The stored text as the kind's newest shape. */
export function readBack<T>(kind: StateKind<T>, text: string, fromShape: number): T {
  const stored = JSON.parse(text) as Json;
  const shape = kind.shape ?? 1;
  if (fromShape > shape) throw mismatch(kind, `it was written by a newer release (shape ${fromShape}, known ${shape})`);
  if (fromShape < shape && kind.upgrade === undefined) {
    throw mismatch(kind, `it was written by an older release (shape ${fromShape}) and the kind declares no upgrade`);
  }
  const read = kind.schema.safeParse(fromShape < shape ? kind.upgrade?.(stored, fromShape) : stored);
  if (read.success) return read.data;
  throw mismatch(kind, `${read.error.issues[0]?.message}`);
}

function assertFaithful(value: unknown, place: string, around: readonly object[]): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number') {
    if (!Number.isFinite(value) || Object.is(value, -0))
      throw invalid(place, `${Object.is(value, -0) ? '-0' : value} is no number in JSON`);
    return;
  }
  if (typeof value !== 'object') throw invalid(place, `${typeof value} has no place in JSON`);
  if (around.includes(value)) throw invalid(place, 'leads back into itself');
  if (around.length >= DEEPEST) throw invalid(place, `is nested deeper than ${DEEPEST} levels`);
  const inside = [...around, value];
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) assertFaithful(value[i], `${place}.${i}`, inside);
    return;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) throw invalid(place, 'is not a plain object');
  for (const [name, part] of Object.entries(value)) assertFaithful(part, `${place}.${name}`, inside);
}

function invalid(field: string, what: string): StateError {
  return new StateError('state_invalid_value', `${field}: ${what}. Nothing was written.`, { field });
}

function mismatch<T>(kind: StateKind<T>, why: string): StateError {
  return new StateError('state_shape_mismatch', `What is stored as "${kind.name}" cannot be read: ${why}.`);
}
