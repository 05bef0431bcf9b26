import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SpecificationResult } from './specification-mutants';

/**
 * Runs scenarios with every changed value of their Then steps, in a process of its own with so many workers.
 *
 * @param paths `features/chat/x.feature:31`
 * @param services addresses, for the environment
 * @param signal ends it early, with no result at all
 * @throws Error when the run ends without a result
 */
export async function changedSpecification(
  paths: readonly string[],
  services: Readonly<Record<string, string>>,
  workers: number,
  signal: AbortSignal,
): Promise<SpecificationResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'proof-'));
  const results = join(folder, 'results.json');
  const cucumber = join(process.cwd(), 'node_modules', '@cucumber', 'cucumber', 'bin', 'cucumber.js');
  const wish = ['--profile', 'proof', '--parallel', String(workers === 1 ? 0 : workers), '--format', 'message'];
  const plugin = ['--plugin', './support/plugins/specification-mutants.mts'];
  try {
    const child = spawn(process.execPath, [cucumber, ...wish, ...plugin, ...paths], {
      env: {
        ...process.env,
        ...services,
        SPEC_PLATFORM: 'in-process',
        SPEC_SERVICES: 'external',
        SPEC_MUTATE_SPECIFICATION: results,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const stop = (): void => void child.kill('SIGTERM');
    signal.addEventListener('abort', stop, { once: true });
    const [code] = (await once(child, 'exit')) as [number | null];
    if (signal.aborted) return [];
    // Changed scenarios fail on purpose, so the exit code alone says nothing.
    if (!existsSync(results)) throw new Error(`Cucumber ended with ${code ?? 'a signal'} and without results.`);
    return JSON.parse(readFileSync(results, 'utf8')) as SpecificationResult[];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
