import { standingRecords } from '../../../proof/record/standing';
import type { ModuleProofs } from './modules-page';

/** The proof records of the repository by module, with what of them is still true of the code. */
export function moduleProofs(root = process.cwd()): ModuleProofs {
  return new Map(standingRecords(root).map((standing) => [standing.record.module, standing]));
}
