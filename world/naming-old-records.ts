import { createHash } from 'node:crypto';
import type { LegacyRecord } from '../ssot/id-manager';
import { properUuid } from './naming-reference';

/** Records that an import brings at a time. */
export const BATCH = 1_000;

/** A random-looking UUID that is always the same for the same words. */
export function oldName(of: string): string {
  return properUuid(createHash('sha256').update(of).digest().subarray(0, 16), 4);
}

/** One thread and its runs, ten records a family; the same for the same owner in any process. */
export function linkedRecords(owner: string, count: number): LegacyRecord[] {
  return Array.from({ length: count }, (_, i): LegacyRecord => {
    const legacy = oldName(`${owner} record ${i}`);
    if (i % 10 === 0) return { kind: 'thread', legacy };
    return { kind: 'run', legacy, parent: { kind: 'thread', legacy: oldName(`${owner} record ${i - (i % 10)}`) } };
  });
}
