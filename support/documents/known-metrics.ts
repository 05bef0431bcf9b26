import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';

/** Names that the modules count under, and those that prom-client has for every process. */
export function knownMetrics(): ReadonlySet<string> {
  const ours = namesIn('{ssot,platform}/**/*.ts', /metrics\s*\.(?:count|gauge|observe)\(\s*'([a-z0-9_]+)'/g);
  const ofProcess = namesIn('node_modules/prom-client/lib/metrics/*.js', /'((?:process|nodejs)_[a-z0-9_]+)'/g);
  assert(ours.length > 20 && ofProcess.length > 20, `${ours.length} and ${ofProcess.length} names found`);
  return new Set([...ours, ...ofProcess]);
}

function namesIn(files: string, pattern: RegExp): readonly string[] {
  return globSync(files)
    .filter((file) => !file.endsWith('.test.ts'))
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(pattern)].map((found) => found[1] as string));
}
