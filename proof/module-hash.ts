import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

/** Hex SHA-256 over the sorted relative paths and the contents of a module's TypeScript files, tests left out. */
export function moduleHash(module: string, root = process.cwd()): string {
  return hashOf(root, moduleFiles(module, root));
}

/** Hash of each file of a module, so that a later run knows which of them changed. */
export function fileHashes(module: string, root = process.cwd()): Record<string, string> {
  return Object.fromEntries(moduleFiles(module, root).map((path) => [path, hashOf(root, [path])]));
}

/** Hex SHA-256 over what carries the scenarios: step definitions, hooks, parameter types and the World. */
export function stepsHash(root = process.cwd()): string {
  return hashOf(root, filesOf(root, ['step-definitions/**/*.ts', 'world/**/*.ts', 'support/*.ts']));
}

/** `ssot/id-manager/read-id.ts`, sorted. */
export function moduleFiles(module: string, root = process.cwd()): string[] {
  return filesOf(root, [`ssot/${module}/**/*.ts`]);
}

function filesOf(root: string, patterns: string[]): string[] {
  return globSync(patterns, { cwd: root })
    .map((path) => path.split(sep).join('/'))
    .filter((path) => !/\.(?:test|test-d)\.ts$/.test(path))
    .sort();
}

function hashOf(root: string, paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths)
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(root, path)))
      .update('\0');
  return hash.digest('hex');
}
