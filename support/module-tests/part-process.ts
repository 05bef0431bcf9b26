import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempDisposableSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { KeptOutcomes } from './outcomes';

const ROOT = resolve(__dirname, '../..');
/** For a test, and for all of a suite: what waits for ever is named, and the rest goes on. */
const LIMIT_MS = 300_000;

export interface PartRun {
  readonly status: number;
  /** Null when it was ended before it could say what came out. */
  readonly outcomes: KeptOutcomes | null;
}

/**
 * Runs test files in a process of their own, on these services. `isAlone`: what it says is seen at once; otherwise all of it
 * when it has ended, so that two never speak at a time.
 */
export async function runPart(
  files: readonly string[],
  services: Readonly<Record<string, string>>,
  { isAlone }: { readonly isAlone: boolean },
): Promise<PartRun> {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'specs-module-tests-'));
  const kept = join(folder.path, 'outcomes.json');
  const reporters = [
    ['--test-reporter=dot', '--test-reporter-destination=stdout'],
    [`--test-reporter=${join(__dirname, 'recorder.mts')}`, `--test-reporter-destination=${kept}`],
  ];
  const limit = `--test-timeout=${LIMIT_MS}`;
  const program = ['--require', join(ROOT, 'support/typescript/register.js'), limit, ...reporters.flat()];
  const child = spawn(process.execPath, [...program, join(__dirname, 'part.ts'), ...files], {
    cwd: ROOT,
    env: { ...process.env, ...services },
    stdio: ['ignore', isAlone ? 'inherit' : 'pipe', 'inherit', 'ipc'],
  });
  // Who has no time for the end of a connection, because a test never pauses, is ended as well.
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  const said = child.stdout === null ? '' : text(child.stdout);
  const [status, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  process.off('exit', end);
  process.stdout.write(await said);
  if (signal !== null) console.error(`A process of module tests was ended by ${signal}.`);
  const outcomes = existsSync(kept) ? readFileSync(kept, 'utf8') : '';
  return { status: status ?? 1, outcomes: outcomes === '' ? null : (JSON.parse(outcomes) as KeptOutcomes) };
}
