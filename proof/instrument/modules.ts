import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { SourceText } from '../identity/units';

/** What defects may be put into: the parts of `ssot/`, and `platform`, whose browser code is JavaScript and stays out. */
export function provableModules(root = process.cwd()): string[] {
  const parts = readdirSync(join(root, 'ssot'), { withFileTypes: true });
  return [...parts.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])), 'platform'];
}

export function folderOf(module: string): string {
  return module === 'platform' ? 'platform' : `ssot/${module}`;
}

/** The TypeScript files of a module, tests left out, sorted by path: `ssot/id-manager/kinds.ts`. */
export function sourcesOfModule(module: string, root = process.cwd()): SourceText[] {
  return filesOf(module, root)
    .filter((path) => !isTest(path))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** The files with module tests that stand beside the parts of a module. */
export function testFilesOf(module: string, root = process.cwd()): string[] {
  return filesOf(module, root).filter((path) => path.endsWith('.test.ts'));
}

const isTest = (path: string): boolean => /\.(?:test|test-d)\.ts$/.test(path);

function filesOf(module: string, root: string): string[] {
  return globSync(`${folderOf(module)}/**/*.ts`, { cwd: root })
    .map((path) => path.split(sep).join('/'))
    .sort();
}
