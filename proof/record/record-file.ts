import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ProofRecord } from './record';
import { parseRecord, recordText } from './record-text';

const FOLDER = 'proof/results';

export function recordPath(module: string): string {
  return `${FOLDER}/${module}.jsonl`;
}

/** `null` when the module has never been proven. Throws on a file that is no record. */
export function readRecord(module: string, root = process.cwd()): ProofRecord | null {
  const path = join(root, recordPath(module));
  return existsSync(path) ? parseRecord(readFileSync(path, 'utf8'), recordPath(module)) : null;
}

/** Every record there is, by the name of its module. */
export function readRecords(root = process.cwd()): ProofRecord[] {
  return globSync(`${FOLDER}/*.jsonl`, { cwd: root })
    .sort()
    .flatMap((path) => readRecord(basename(path, '.jsonl'), root) ?? []);
}

/** Whole or not at all, because a proof may be interrupted at any moment. */
export function writeRecord(record: ProofRecord, root = process.cwd()): string {
  const path = join(root, recordPath(record.module));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, recordText(record));
  renameSync(`${path}.new`, path);
  return recordPath(record.module);
}
