import { readFileSync, rmSync } from 'node:fs';
import type { InstrumenterContext, MutantCoverage } from '@stryker-mutator/api/core';
import { REACH_FILE } from './protocol';

/** Set by the instrumented code of this process and of those that it starts (Stryker's names). */
const ACTIVE_MUTANT = '__STRYKER_ACTIVE_MUTANT__';
const shared = globalThis as { __stryker__?: InstrumenterContext };
const context: InstrumenterContext = (shared.__stryker__ ??= {});
const WHILE_LOADING: Record<string, number> = {};
/** One object for good, because instrumented code keeps it. */
const coverage: MutantCoverage = { static: WHILE_LOADING, perTest: {} };
context.mutantCoverage = coverage;
/** Any name does: one check is run at a time. */
const CHECK = 'check';

/** Switches one mutant on, here and in processes that are started from now on; `null` switches all off. */
export function switchOn(mutant: string | null, hitLimit: number | undefined): void {
  if (mutant === null) {
    delete context.activeMutant;
    delete process.env[ACTIVE_MUTANT];
  } else {
    context.activeMutant = mutant;
    process.env[ACTIVE_MUTANT] = mutant;
  }
  if (hitLimit === undefined || mutant === null) {
    delete context.hitLimit;
    delete context.hitCount;
  } else {
    context.hitLimit = hitLimit;
    context.hitCount = 0;
  }
}

/** Mutants that ran while modules were loaded. */
export function whileLoading(): string[] {
  return Object.keys(WHILE_LOADING);
}

/** What runs from now on runs because modules are loaded, and counts for no check. */
export function beginLoading(): void {
  delete context.currentTestId;
}

/** Counts from zero. */
export function beginReach(): void {
  context.currentTestId = CHECK;
  coverage.perTest = {};
  const file = process.env[REACH_FILE];
  if (file !== undefined) rmSync(file, { force: true });
}

/** Hits by mutant in this process since `beginReach`. */
export function reachedHere(): Record<string, number> {
  return { ...coverage.perTest[CHECK] };
}

/** Mutants reached since `beginReach` in processes that this one started, while they loaded their modules or later. */
export function reachedByChildren(): string[] {
  const file = process.env[REACH_FILE];
  try {
    return file === undefined ? [] : [...new Set(readFileSync(file, 'utf8').split(/\s+/).filter(Boolean))];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []; // No child has reached anything.
    throw error;
  }
}

/** Whether an error is Stryker's own: the mutated code ran far more often than the code that was written. */
export function isEndless(): boolean {
  return context.hitCount !== undefined && context.hitLimit !== undefined && context.hitCount > context.hitLimit;
}
