import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RunModel } from '../model/run-model';
import { ledgerOf, type Ledger } from './ledger';
import { readMoney } from './revenue-streams';

export const LAST_LEDGER = 'reports/output/ledger.json';

/** Judges the money by the run and keeps it for machines, replacing the last one in one step. Throws `DataFileRefused`. */
export function keepLedger(run: RunModel, root = process.cwd()): Ledger {
  const ledger = ledgerOf(run, readMoney(root));
  const path = join(root, LAST_LEDGER);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, `${JSON.stringify(ledger, null, 2)}\n`);
  renameSync(`${path}.new`, path);
  return ledger;
}
