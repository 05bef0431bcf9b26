import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OwnedRun } from '../../support/services/processes/owned-run';
import type { SpecificationResult } from './specification-mutants';

export interface SpecificationRun {
  /** Ends it when this process ends. */
  readonly run: OwnedRun;
  /** Addresses, for the environment. */
  readonly services: Readonly<Record<string, string>>;
  readonly workers: number;
  /** Ends it early, with no result at all. */
  readonly signal: AbortSignal;
}

/**
 * Runs scenarios with every changed value of their Then steps, in a process of its own.
 *
 * @param paths `features/chat/x.feature:31`
 * @throws Error when the run ends without a result
 */
export async function changedSpecification(
  paths: readonly string[],
  { run, services, workers, signal }: SpecificationRun,
): Promise<SpecificationResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'proof-'));
  const results = join(folder, 'results.json');
  const cucumber = join(process.cwd(), 'node_modules', '@cucumber', 'cucumber', 'bin', 'cucumber.js');
  const wish = ['--profile', 'proof', '--parallel', String(workers === 1 ? 0 : workers), '--format', 'message'];
  const plugin = ['--plugin', './support/plugins/specification-mutants.mts'];
  try {
    const start = (): ChildProcess =>
      spawn(process.execPath, [cucumber, ...wish, ...plugin, ...paths], {
        env: {
          ...process.env,
          ...services,
          SPEC_PLATFORM: 'in-process',
          SPEC_SERVICES: 'external',
          SPEC_MUTATE_SPECIFICATION: results,
        },
        detached: true,
        stdio: ['ignore', 'ignore', 'inherit'],
      });
    const { child, end } = run.ownGroup(start);
    signal.addEventListener('abort', end, { once: true });
    const [code] = (await once(child, 'exit')) as [number | null];
    end();
    if (signal.aborted) return [];
    // Changed scenarios fail on purpose, so the exit code alone says nothing.
    if (!existsSync(results)) throw new Error(`Cucumber ended with ${code ?? 'a signal'} and without results.`);
    return JSON.parse(readFileSync(results, 'utf8')) as SpecificationResult[];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
