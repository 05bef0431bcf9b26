import { createHash } from 'node:crypto';
import { z } from 'zod';
import { idSchema } from '../id-manager';
import type { SaveInput } from './contract';
import { PersistenceError } from './errors';
import { unfaithful } from './faithful';

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

export interface Content {
  /** JSON. */
  readonly body: string;
  /** Tells a repeated save from another one under the same id. */
  readonly fingerprint: string;
}

export function checked(input: SaveInput): Content {
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
  const about = JSON.stringify([runId, threadId, agent, step, phase, shape, ending]);
  return { body, fingerprint: createHash('sha256').update(about).update(body).digest('hex') };
}

function bodyOf(state: unknown): string {
  const where = unfaithful(state);
  if (where !== undefined) {
    const field = `state${where}`;
    throw new PersistenceError(
      'persistence_not_serialisable',
      `${field} does not come back from JSON as it is. Nothing was written.`,
      { field },
    );
  }
  const body = JSON.stringify(state);
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
