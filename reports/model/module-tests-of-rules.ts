import type { ModuleTest, ModuleTestRun } from './module-tests';
import type { ModuleTestsOfRule, RunModel } from './run-model';

/** What the last whole run of the module tests says beside one run of the suite, provided that both ran on one commit. */
export class ModuleTestsOfRules {
  readonly #run: ModuleTestRun | null;
  readonly #byRule: ReadonlyMap<string | null, readonly ModuleTest[]>;
  readonly #asked = new Set<string>();

  constructor(run: ModuleTestRun | null, commit: string | null) {
    this.#run = run?.commit === commit ? run : null;
    this.#byRule = Map.groupBy(this.#run?.tests ?? [], ({ rule }) => rule);
  }

  of(ruleId: string): ModuleTestsOfRule {
    this.#asked.add(ruleId);
    const tests = this.#byRule.get(ruleId) ?? [];
    return {
      passed: tests.filter(({ state }) => state === 'passed').length,
      skipped: tests.filter(({ state }) => state === 'skipped').length,
      failed: tests.filter(({ state }) => state === 'failed').map(failureOf),
    };
  }

  /** Null where they were not run on this commit. */
  summary(): RunModel['moduleTests'] {
    if (!this.#run) return null;
    const { startedAt, tests } = this.#run;
    return { startedAt, tests: tests.length, failed: tests.filter(({ state }) => state === 'failed').length };
  }

  /** Failures that no rule tells. A rule of a feature that was left out is not missed: `allRules` says that none was. */
  failuresWithoutRule(allRules: boolean): string[] {
    const stray = [...this.#byRule].filter(([rule]) => rule === null || (allRules && !this.#asked.has(rule)));
    return [
      ...(this.#run?.troubles ?? []).map((trouble) => `Around the module tests: ${trouble}`),
      ...stray
        .flatMap(([, tests]) => tests)
        .filter(({ state }) => state === 'failed')
        .map(({ title, file }) => `The module test "${title}" in ${file} failed, and it stands under no rule.`),
    ];
  }
}

const failureOf = ({ title, file, error }: ModuleTest): ModuleTestsOfRule['failed'][number] => ({
  title,
  file,
  ...(error !== undefined && { error }),
});
