import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { idSchema } from '../id-manager';
import type { SaveInput } from './contract';
import { PersistenceError } from './errors';

const MAX_BYTES = 2 * 1_024 * 1_024;
const label = z.string().min(1).max(128);
const whole = z.int().min(0);

const saveInput = z.strictObject({
  runId: idSchema('run'),
  threadId: idSchema('thread'),
  agent: label,
  fence: whole,
  expectedVersion: whole,
  step: whole,
  phase: label,
  state: z.unknown(),
  shape: whole,
  saveId: label,
  ending: z.enum(['completed', 'failed', 'cancelled']).optional(),
});

/** The content as text, and what tells a repeated save from another one under the same id. */
export function checked(input: SaveInput): { body: string; fingerprint: string } {
  const read = saveInput.safeParse(input);
  if (!read.success) {
    const issue = read.error.issues[0];
    const field = issue?.path.join('.') || 'input';
    throw new PersistenceError('persistence_invalid_input', `${field}: ${issue?.message}. Nothing was written.`, {
      field,
    });
  }
  const body = bodyOf(input.state);
  const { runId, threadId, agent, step, phase, shape, ending = null } = input;
  const content = JSON.stringify([runId, threadId, agent, step, phase, shape, ending, body]);
  return { body, fingerprint: createHash('sha256').update(content).digest('hex') };
}

function bodyOf(state: unknown): string {
  let body: string | undefined;
  try {
    body = JSON.stringify(state);
  } catch {
    // A loop or a bigint: answered below like everything else that JSON cannot keep.
    body = undefined;
  }
  if (body === undefined || !isDeepStrictEqual(JSON.parse(body), state)) {
    throw new PersistenceError(
      'persistence_not_serialisable',
      'state does not come back from JSON as it is. Nothing was written.',
      {
        field: 'state',
      },
    );
  }
  const bytes = Buffer.byteLength(body);
  if (bytes > MAX_BYTES) {
    throw new PersistenceError(
      'persistence_too_large',
      `state has ${bytes} bytes as JSON, ${MAX_BYTES} are possible.`,
      { field: 'state' },
    );
  }
  return body;
}
