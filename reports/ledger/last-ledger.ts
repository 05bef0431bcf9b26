import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Ledger } from './ledger';

/** Keeps a ledger for machines, replacing the one at `path` in one step. */
export function keepLedger(ledger: Ledger, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, `${JSON.stringify(ledger, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}
