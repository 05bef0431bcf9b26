import { Writable } from 'node:stream';
import type { InstrumenterContext, StrykerOptions } from '@stryker-mutator/api/core';
import { INSTRUMENTER_CONSTANTS } from '@stryker-mutator/api/core';
import { commonTokens, declareClassPlugin, PluginKind, tokens } from '@stryker-mutator/api/plugin';
import type {
  DryRunOptions,
  DryRunResult,
  MutantRunOptions,
  MutantRunResult,
  TestResult,
  TestRunner,
  TestRunnerCapabilities,
} from '@stryker-mutator/api/test-runner';
import {
  determineHitLimitReached,
  DryRunStatus,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import { loadConfiguration, loadSupport, runCucumber, type ISupportCodeLibrary } from '@cucumber/cucumber/api';
import { getWorstTestStepResult, TestStepResultStatus, TimeConversion } from '@cucumber/messages';
import type { Envelope, Pickle, TestStepResult } from '@cucumber/messages';
import { Costs } from './costs.mts';

/*
 * Stryker's own runner for Cucumber (9.6.1) speaks to Cucumber 13 in a way that empties one of its own files, and takes
 * a scenario that fails with a TypeError for an error of the tests. This one is small because it uses Cucumber's message
 * stream instead of a formatter. A test is a scenario, its id `<feature file>:<line>`.
 */

interface Started {
  readonly id: string;
  readonly name: string;
  readonly at: number;
  readonly results: TestStepResult[];
}

/** Follows one run: tells the instrumented code which scenario is on, and collects what became of each. */
class ScenariosOfARun {
  readonly tests: TestResult[] = [];
  readonly #context: InstrumenterContext;
  readonly #pickles = new Map<string, Pickle>();
  readonly #pickleOfCase = new Map<string, Pickle>();
  readonly #started = new Map<string, Started>();

  readonly #alone: Set<string> | undefined;

  /** `alone` takes the scenarios that need no service. */
  constructor(context: InstrumenterContext, alone?: Set<string>) {
    this.#context = context;
    this.#alone = alone;
  }

  follow(envelope: Envelope): void {
    if (envelope.pickle) this.#pickles.set(envelope.pickle.id, envelope.pickle);
    if (envelope.testCase) {
      const pickle = this.#pickles.get(envelope.testCase.pickleId);
      if (pickle) this.#pickleOfCase.set(envelope.testCase.id, pickle);
    }
    if (envelope.testCaseStarted) {
      const { id, testCaseId, timestamp } = envelope.testCaseStarted;
      const pickle = this.#pickleOfCase.get(testCaseId);
      if (!pickle) throw new Error('Cucumber started a scenario that it had not announced.');
      const test = `${pickle.uri}:${pickle.location?.line ?? 0}`;
      if (pickle.tags.some(({ name }) => name === '@unit')) this.#alone?.add(test);
      const at = TimeConversion.timestampToMillisecondsSinceEpoch(timestamp);
      this.#started.set(id, { id: test, name: pickle.name, at, results: [] });
      // Never unset: what is closed after the last scenario was opened by one, and is no constant of the module.
      this.#context.currentTestId = test;
    }
    if (envelope.testStepFinished) {
      this.#started
        .get(envelope.testStepFinished.testCaseStartedId)
        ?.results.push(envelope.testStepFinished.testStepResult);
    }
    if (envelope.testCaseFinished) {
      const started = this.#started.get(envelope.testCaseFinished.testCaseStartedId);
      const end = TimeConversion.timestampToMillisecondsSinceEpoch(envelope.testCaseFinished.timestamp);
      if (started) this.tests.push(resultOf(started, end));
    }
  }
}

function resultOf({ id, name, at, results }: Started, end: number): TestResult {
  const worst = getWorstTestStepResult(results);
  const base = { id, name, timeSpentMs: Math.max(0, end - at) };
  if (worst.status === TestStepResultStatus.PASSED) return { ...base, status: TestStatus.Success };
  if (worst.status === TestStepResultStatus.SKIPPED) return { ...base, status: TestStatus.Skipped };
  return { ...base, status: TestStatus.Failed, failureMessage: worst.message ?? worst.status };
}

const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

/** Which scenarios are run (all, unless said), whether the first that fails ends it, and who takes those without services. */
interface Wish {
  readonly only?: readonly string[];
  readonly bail?: boolean;
  readonly alone?: Set<string>;
}

class CucumberRunner implements TestRunner {
  static readonly inject = tokens(commonTokens.options);
  readonly #tags: string;
  readonly #context: InstrumenterContext;
  readonly #costs = new Costs();
  #support: ISupportCodeLibrary | undefined;

  constructor(options: StrykerOptions) {
    this.#tags = String(options['scenarios']);
    const shared = globalThis as { [INSTRUMENTER_CONSTANTS.NAMESPACE]?: InstrumenterContext };
    this.#context = shared[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {};
  }

  /** Modules stay loaded, so Stryker starts a new process for a defect in code that runs while a module loads. */
  capabilities(): TestRunnerCapabilities {
    return { reloadEnvironment: false };
  }

  async dryRun(options: DryRunOptions): Promise<DryRunResult> {
    const alone = new Set<string>();
    const result = await this.#run({ alone });
    if (result.status === DryRunStatus.Complete) this.#costs.remember(result.tests, alone);
    if (result.status !== DryRunStatus.Complete || options.coverageAnalysis === 'off') return result;
    const { mutantCoverage } = this.#context;
    return mutantCoverage === undefined ? result : { ...result, mutantCoverage };
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    this.#context.activeMutant = options.activeMutant.id;
    // Processes that a scenario starts get the same defect.
    process.env[INSTRUMENTER_CONSTANTS.ACTIVE_MUTANT_ENV_VARIABLE] = options.activeMutant.id;
    if (options.hitLimit === undefined) {
      delete this.#context.hitLimit;
      delete this.#context.hitCount;
    } else {
      this.#context.hitLimit = options.hitLimit;
      this.#context.hitCount = 0;
    }
    return toMutantRunResult(await this.#ask(options));
  }

  /** First the cheap scenarios, then costly ones in turn, as long as their word is needed. */
  async #ask({ testFilter, activeMutant }: MutantRunOptions): Promise<DryRunResult> {
    const place = { file: activeMutant.fileName, line: activeMutant.location.start.line };
    const cheap = await this.#run({ only: this.#costs.cheap(testFilter) });
    if (cheap.status !== DryRunStatus.Complete) return cheap;
    const tests = [...cheap.tests];
    const ask = async (only: readonly string[], bail: boolean): Promise<DryRunResult | undefined> => {
      const some = await this.#run({ only, bail });
      if (some.status !== DryRunStatus.Complete) return some;
      this.#costs.note(some.tests, place);
      tests.push(...some.tests);
      return undefined;
    };
    for (const group of this.#costs.inTurn(testFilter, place)) {
      if (hasNoticed(tests)) break;
      const broken = await ask(group, true);
      if (broken !== undefined) return broken;
    }
    // What breaks here takes nothing from what others noticed.
    if (hasNoticed(tests)) await ask(this.#costs.needy(testFilter), false);
    return { ...cheap, tests: decided(tests) };
  }

  async #run({ only, bail = false, alone }: Wish): Promise<DryRunResult> {
    if (only?.length === 0) return { status: DryRunStatus.Complete, tests: [] };
    const { runConfiguration } = await loadConfiguration({
      profiles: ['proof-compiled'],
      provided: { tags: this.#tags, failFast: bail, format: ['message'], parallel: 0, retry: 0 },
    });
    if (only) runConfiguration.sources.paths = pathsOf(only);
    const scenarios = new ScenariosOfARun(this.#context, alone);
    try {
      // Modules are loaded once in a process, so a second look for step definitions would find none.
      this.#support ??= await loadSupport(runConfiguration);
      await runCucumber(
        { ...runConfiguration, support: this.#support },
        { stdout: nowhere(), stderr: nowhere() },
        (envelope) => scenarios.follow(envelope),
      );
    } catch (failure) {
      // What breaks after the scenarios (closing what could not be opened) takes nothing from what they noticed.
      if (!scenarios.tests.some(({ status }) => status === TestStatus.Failed)) {
        const { stack, message } = failure as Error;
        return { status: DryRunStatus.Error, errorMessage: stack ?? message };
      }
    }
    return (
      determineHitLimitReached(this.#context.hitCount, this.#context.hitLimit) ?? {
        status: DryRunStatus.Complete,
        tests: scenarios.tests,
      }
    );
  }
}

function hasNoticed(tests: readonly TestResult[]): boolean {
  return tests.some(({ status }) => status === TestStatus.Failed);
}

/** Each scenario once, without those that were not run because another had noticed the defect. */
function decided(tests: readonly TestResult[]): TestResult[] {
  const run = tests.filter(({ status }) => status !== TestStatus.Skipped);
  const failedFirst = [...run].sort(
    (a, b) => Number(b.status === TestStatus.Failed) - Number(a.status === TestStatus.Failed),
  );
  return [...new Map(failedFirst.reverse().map((test) => [test.id, test])).values()];
}

/** `a.feature:3`, `a.feature:9` -> `a.feature:3:9`, so that each file is read once. */
function pathsOf(ids: readonly string[]): string[] {
  const lines = new Map<string, string[]>();
  for (const id of ids) {
    const colon = id.lastIndexOf(':');
    const file = id.slice(0, colon);
    lines.set(file, [...(lines.get(file) ?? []), id.slice(colon + 1)]);
  }
  return [...lines].map(([file, at]) => [file, ...at].join(':'));
}

export const strykerValidationSchema = { properties: { scenarios: { type: 'string' } } };
export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'scenarios', CucumberRunner)];
