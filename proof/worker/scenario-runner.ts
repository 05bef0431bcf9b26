import { Writable } from 'node:stream';
import type * as Api from '@cucumber/cucumber/api';
import {
  getWorstTestStepResult,
  PickleStepType,
  TestStepResultStatus,
  type Envelope,
  type TestStepResult,
} from '@cucumber/messages';

export interface ScenarioResult {
  readonly passed: boolean;
  readonly message?: string;
  /** Failed in a Given step, so that nothing of what it is about was done. */
  readonly isEarly?: boolean;
}

type Loaded = Pick<typeof Api, 'runCucumber'> & {
  readonly support: Api.ISupportCodeLibrary;
  readonly configuration: Api.IRunConfiguration;
};

const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });
let loading: Promise<Loaded> | null = null;

/** Modules stay loaded, and a second look for step definitions would find none, so support code is loaded once. */
async function load(): Promise<Loaded> {
  // Loaded only here: a worker that runs module tests alone is ready sooner without.
  const { loadConfiguration, loadSupport, runCucumber } = await import('@cucumber/cucumber/api');
  const { runConfiguration } = await loadConfiguration({
    profiles: ['proof-compiled'],
    provided: { format: ['message'], parallel: 0, retry: 0 },
  });
  return { runCucumber, support: await loadSupport(runConfiguration), configuration: runConfiguration };
}

/** Loads step definitions, the World and the platform, unless they are there. */
export async function loadScenarios(): Promise<void> {
  await (loading ??= load());
}

/** @param path `features/chat/x.feature:31` */
export async function runScenario(path: string, limitMs: number): Promise<ScenarioResult> {
  const { runCucumber, support, configuration } = await (loading ??= load());
  const results: TestStepResult[] = [];
  const laterSteps = new Set<string>();
  let isSetUp = false;
  let ran = 0;
  const follow = ({ pickle, testCase, testStepFinished, testCaseFinished }: Envelope): void => {
    for (const { id, type } of pickle?.steps ?? []) if (type !== PickleStepType.CONTEXT) laterSteps.add(id);
    for (const { id, pickleStepId = '' } of testCase?.testSteps ?? []) {
      if (laterSteps.has(pickleStepId)) laterSteps.add(id);
    }
    if (testStepFinished) {
      results.push(testStepFinished.testStepResult);
      // What follows a failure is skipped.
      const isReached = testStepFinished.testStepResult.status !== TestStepResultStatus.SKIPPED;
      isSetUp ||= isReached && laterSteps.has(testStepFinished.testStepId);
    }
    if (testCaseFinished) ran += 1;
  };
  const sources = { ...configuration.sources, paths: [path] };
  const ready = { ...support, defaultTimeout: limitMs };
  try {
    await runCucumber({ ...configuration, sources, support: ready }, { stdout: nowhere(), stderr: nowhere() }, follow);
  } catch (failure) {
    // What breaks after the scenario (closing what could not be opened) counts as the scenario's failure.
    return { passed: false, message: (failure as Error).message };
  }
  const worst = getWorstTestStepResult(results);
  if (ran === 1 && worst.status === TestStepResultStatus.PASSED) return { passed: true };
  return {
    passed: false,
    isEarly: !isSetUp,
    message: ran === 1 ? (worst.message ?? worst.status) : `${ran} scenarios stand at ${path}.`,
  };
}
