import { isDeepStrictEqual } from 'node:util';
import type { StateKind } from './contract';
import { StateError } from './errors';

const MOST_BYTES = 256 * 1_024;

/** JSON that reads back as exactly the same value; refuses what JSON would lose, for instance a date or `undefined`. */
export function written<T>(kind: StateKind<T>, value: T): string {
  const read = kind.schema.safeParse(value);
  if (!read.success) {
    const issue = read.error.issues[0];
    const field = ['value', ...(issue?.path ?? []).map(String)].join('.');
    throw new StateError('state_invalid_value', `${field}: ${issue?.message}. Nothing was written.`, { field });
  }
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined || !isDeepStrictEqual(JSON.parse(text), value)) {
    throw new StateError(
      'state_invalid_value',
      `The value of "${kind.name}" does not come back from JSON as it is. Nothing was written.`,
      {
        field: 'value',
      },
    );
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > MOST_BYTES) {
    throw new StateError(
      'state_too_large',
      `The value has ${bytes} bytes as JSON, ${MOST_BYTES} are possible. Nothing was written.`,
      {
        field: 'value',
      },
    );
  }
  return text;
}

export function readBack<T>(kind: StateKind<T>, text: string): T {
  const read = kind.schema.safeParse(JSON.parse(text));
  if (read.success) return read.data;
  throw new StateError(
    'state_shape_mismatch',
    `What is stored as "${kind.name}" has another shape: ${read.error.issues[0]?.message}.`,
    {
      cause: read.error,
    },
  );
}
