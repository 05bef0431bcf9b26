import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { applied, DoesNotApply, readCatalogue } from './catalogue';
import { TypeCheck } from './type-check';

/**
 * Sees whether each realistic defect of a module can be put in and still compiles, without running anything: one sentence
 * for each that cannot. A defect that does not compile is none, because nobody could have shipped it.
 */
export function problemsOfCatalogue(module: string, root = process.cwd()): string[] {
  const defects = readCatalogue(module, root);
  const types = new TypeCheck(root);
  const read = (file: string): string | undefined =>
    existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : undefined;
  return defects.flatMap((defect) => {
    try {
      return types.errorsOf(applied(defect, read).files).map((error) => `${defect.id} does not compile: ${error}`);
    } catch (error) {
      if (error instanceof DoesNotApply) return [error.message];
      throw error;
    }
  });
}
