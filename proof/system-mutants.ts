import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import type { MutantResult, PartialStrykerOptions } from '@stryker-mutator/api/core';
import type { MutantCounts, Survivor } from './proof-record';

/** A defect that was put into the code, and what became of it. */
export interface SystemMutant {
  /** `ssot/id-manager/read-id.ts` */
  readonly file: string;
  readonly line: number;
  readonly mutator: string;
  readonly original: string;
  readonly replacement: string;
  readonly status: MutantResult['status'];
  /** The scenarios that failed because of it, as `<feature file>:<line>`. */
  readonly killedBy: readonly string[];
}

/**
 * Puts one defect at a time into the given files and runs the scenarios that reach it, two at a time. Everything happens
 * in a copy of the project in the system's temporary folder: the work tree is never written to, whatever happens.
 * A defect in code that runs once while a module loads is tried in a process of its own.
 *
 * @param tags which scenarios may notice it: `@id-manager`
 * @throws Error when a scenario fails without any defect
 */
export async function systemMutants(files: readonly string[], tags: string): Promise<SystemMutant[]> {
  const sandbox = mkdtempSync(join(tmpdir(), 'proof-'));
  const remove = (): void => rmSync(sandbox, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    const results = await new Stryker(options(files, tags, sandbox)).runMutationTest();
    return results.map(asSystemMutant);
  } finally {
    process.off('exit', remove);
    remove();
  }
}

/** Checked by Stryker against its schema; its types want enums that exist at compile time only. */
function options(files: readonly string[], tags: string, sandbox: string): PartialStrykerOptions {
  return {
    mutate: [...files],
    testRunner: 'scenarios',
    scenarios: tags,
    plugins: ['cucumber-runner.mts', 'progress.mts', 'log-wording.mts'].map((file) => join(__dirname, file)),
    ignorers: ['log-wording'],
    reporters: ['proof'],
    coverageAnalysis: 'perTest',
    ignoreStatic: false,
    disableBail: true,
    // What notices a defect often waits for an outcome until its deadline, so more than the two cores could work at once.
    concurrency: 6,
    // A defect may leave behind in its process what never stops.
    maxTestRunnerReuse: 15,
    buildCommand: [process.execPath, join(__dirname, 'precompile.mts')]
      .map((path) => path.replaceAll(' ', '\\ '))
      .join(' '),
    // A scenario may wait for an outcome until its deadline, so one that was fast before is given time to fail.
    timeoutMS: 20_000,
    timeoutFactor: 1,
    dryRunTimeoutMinutes: 10,
    tempDirName: sandbox,
    cleanTempDir: 'always',
    ignorePatterns: ['/reports/output', '/proof/results', '/bench', '/.*'],
    disableTypeChecks: false,
    warnings: { slow: false },
    logLevel: 'error',
    fileLogLevel: 'off',
  } as Record<string, unknown>;
}

function asSystemMutant(result: MutantResult): SystemMutant {
  const { start, end } = result.location;
  const lines = readFileSync(result.fileName, 'utf8')
    .split('\n')
    .slice(start.line - 1, end.line);
  const last = lines.length - 1;
  if (last >= 0) {
    lines[last] = (lines[last] ?? '').slice(0, end.column - 1);
    lines[0] = (lines[0] ?? '').slice(start.column - 1);
  }
  return {
    file: relative(process.cwd(), result.fileName).split(sep).join('/'),
    line: start.line,
    mutator: result.mutatorName,
    original: brief(lines.join(' ')),
    replacement: brief(result.replacement ?? ''),
    status: result.status,
    killedBy: result.killedBy ?? [],
  };
}

/** One line of at most 80 characters. */
function brief(code: string): string {
  const line = code.replace(/\s+/g, ' ').trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}

export function countMutants(mutants: readonly SystemMutant[]): MutantCounts {
  const count = (...statuses: MutantResult['status'][]): number =>
    mutants.filter((mutant) => statuses.includes(mutant.status)).length;
  return {
    total: mutants.length,
    killed: count('Killed'),
    survived: count('Survived'),
    timeout: count('Timeout'),
    noCoverage: count('NoCoverage'),
    ignored: count('Ignored', 'RuntimeError', 'CompileError', 'Pending'),
  };
}

export function survivorsOf(mutants: readonly SystemMutant[]): Survivor[] {
  return mutants
    .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
    .map(({ file, line, mutator, replacement, status }) => ({
      file,
      line,
      mutator,
      replacement,
      covered: status === 'Survived',
    }));
}
