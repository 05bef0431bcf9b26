import { moduleHash } from '../../proof/module-hash';
import { readProofRecords } from '../model/proofs';
import type { ModuleProofs } from './modules-page';

/** The proof records of the repository by module; a record of code that has changed since says so. */
export function moduleProofs(root = process.cwd()): ModuleProofs {
  return new Map(
    readProofRecords(root).map((record) => [
      record.module,
      { record, current: record.moduleHash === moduleHash(record.module, root) },
    ]),
  );
}
