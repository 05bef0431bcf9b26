import { createInterface } from 'node:readline';
import { z } from 'zod';
import { ID_KINDS, type LegacyRecord } from '../../ssot/id-manager';
import { PlatformError } from '../../ssot/kernel';

const BATCH_SIZE = 1_000;

const kind = z.enum(ID_KINDS, { error: `must be one of ${ID_KINDS.join(', ')}` });
const key = z.strictObject({ kind, legacy: z.string('must be text') });
const record = key.extend({ parent: key.exactOptional() });

/**
 * Reads one JSON object a line, `{"kind", "legacy", "parent"?}`, in batches of 1,000; empty lines are skipped. Throws
 * `records_malformed`, which names the line and the field, before the batch that the line belongs to is handed out.
 */
export async function* readBatches(input: NodeJS.ReadableStream): AsyncGenerator<readonly LegacyRecord[]> {
  let batch: LegacyRecord[] = [];
  let line = 0;
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    line += 1;
    if (text.trim() === '') continue;
    batch.push(readRecord(text, line));
    if (batch.length < BATCH_SIZE) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function readRecord(text: string, line: number): LegacyRecord {
  const read = record.safeParse(parsed(text, line));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw malformed(line, `"${issue?.path.join('.') || 'record'}" ${issue?.message ?? 'is not valid'}`);
}

function parsed(text: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed(line, 'it is not JSON');
  }
}

function malformed(line: number, problem: string): PlatformError {
  return new PlatformError({
    code: 'records_malformed',
    field: 'records',
    message:
      `Line ${line} cannot be read: ${problem}. Correct it and run the command again; ` +
      'records that are imported already are counted, not repeated.',
  });
}
