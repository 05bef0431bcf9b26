import { globSync } from 'node:fs';
import { sep } from 'node:path';

/** Every feature of the repository, as Cucumber finds them: `features/chat/x.feature`, or `.feature.md`. Sorted. */
export function featureFiles(root = process.cwd()): string[] {
  return globSync('features/**/*.{feature,feature.md}', { cwd: root })
    .map((path) => path.split(sep).join('/'))
    .sort();
}
