import { createHash } from 'node:crypto';
import type { LegacyRecord } from '../../../ssot/id-manager';
import { uuidFrom } from './typeid-standard';

/** A random-looking UUID that is always the same for the same words. */
export function uuidOfWords(words: string): string {
  return uuidFrom(createHash('sha256').update(words).digest().subarray(0, 16), 4);
}

/** Threads with nine runs each; the same for the same owner in any process. */
export function linkedRecords(owner: string, count: number): LegacyRecord[] {
  const uuid = (i: number): string => uuidOfWords(`${owner} record ${i}`);
  return Array.from({ length: count }, (_, i): LegacyRecord => {
    if (i % 10 === 0) return { kind: 'thread', legacy: uuid(i) };
    return { kind: 'run', legacy: uuid(i), parent: { kind: 'thread', legacy: uuid(i - (i % 10)) } };
  });
}

/** One JSON object a line, as the command reads them. */
export function linesOf(records: readonly LegacyRecord[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}
