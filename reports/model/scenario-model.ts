import { getWorstTestStepResult, TimeConversion } from '@cucumber/messages';
import type { Pickle, TestCaseStarted, TestStep, TestStepFinished } from '@cucumber/messages';
import type { Query } from '@cucumber/query';
import { lostServicesIn } from '../../ssot/test-runner';
import type { Proofs } from './proofs';
import type { AttachmentModel, AttemptModel, Outcome, ScenarioModel, StepModel } from './run-model';
import type { ScenarioIdentity } from './scenario-identity';

/** One scenario with all its attempts, the last of which decides. */
export function scenarioModel(
  query: Query,
  pickle: Pickle,
  identity: ScenarioIdentity,
  started: readonly TestCaseStarted[],
  proofs: Proofs,
): ScenarioModel {
  const attempts = started.map((one) => attemptModel(query, one));
  const caught = proofs.of(identity.meaning);
  return {
    ...identity,
    location: `${pickle.uri}:${pickle.location?.line ?? query.findLocationOf(pickle)?.line ?? 1}`,
    tags: pickle.tags.map(({ name }) => name),
    outcome: outcomeOf(attempts, caught !== undefined),
    attempts,
    ...(caught && { caught }),
  };
}

/** Without steps there is nothing that could have passed. */
function outcomeOf(attempts: readonly AttemptModel[], proven: boolean): Outcome {
  const last = attempts.at(-1);
  if (last?.steps.length === 0) return 'failed';
  switch (last?.status) {
    case 'PASSED':
      if (attempts.length > 1) return 'flaky';
      return proven ? 'proven' : 'passed';
    case 'SKIPPED':
    case 'UNKNOWN':
    case undefined:
      return 'blocked';
    default:
      return last?.lostServices ? 'blocked' : 'failed';
  }
}

function attemptModel(query: Query, started: TestCaseStarted): AttemptModel {
  const finished = query.findTestStepFinishedAndTestStepBy(started);
  const results = new Map(finished.map(([result, step]) => [step.id, result]));
  const ended = query.findTestCaseFinishedBy(started) !== undefined;
  const worst = getWorstTestStepResult(finished.map(([result]) => result.testStepResult));
  const error = finished.find(([{ testStepResult }]) => testStepResult.message !== undefined)?.[0].testStepResult
    .message;
  const duration = query.findTestCaseDurationBy(started);
  const hooks = finished.filter(([, step]) => step.hookId !== undefined);
  const lostServices = hooks.flatMap(([{ testStepResult }]) => lostServicesIn(testStepResult.message ?? ''));
  return {
    status: ended ? worst.status : 'UNKNOWN',
    startedAt: new Date(TimeConversion.timestampToMillisecondsSinceEpoch(started.timestamp)).toISOString(),
    durationMs: duration ? TimeConversion.durationToMilliseconds(duration) : 0,
    hooksMs: hooks.reduce((sum, [result]) => sum + msOf(result), 0),
    steps: (query.findTestCaseBy(started)?.testSteps ?? []).flatMap((step) =>
      stepModel(query, step, results.get(step.id)),
    ),
    attachments: finished.flatMap(([result]) => attachmentsOf(query, result)),
    worker: started.workerId ?? '0',
    ...(error !== undefined && { error }),
    ...(lostServices.length > 0 && { lostServices }),
  };
}

/** Nothing for hooks, whose time and error belong to the attempt. */
function stepModel(query: Query, step: TestStep, finished: TestStepFinished | undefined): StepModel[] {
  const sentence = query.findPickleStepBy(step);
  if (!sentence) return [];
  const { dataTable, docString } = sentence.argument ?? {};
  const source = query.findUnambiguousStepDefinitionBy(step)?.sourceReference;
  const error = finished?.testStepResult.message;
  return [
    {
      keyword: query.findStepBy(sentence)?.keyword.trim() ?? '*',
      text: sentence.text,
      status: finished?.testStepResult.status ?? 'UNKNOWN',
      durationMs: finished ? msOf(finished) : 0,
      ...(dataTable && { table: dataTable.rows.map((row) => row.cells.map(({ value }) => value)) }),
      ...(docString && { docString: docString.content }),
      ...(error !== undefined && { error }),
      ...(source?.uri && { definition: `${source.uri}:${source.location?.line ?? 1}` }),
    },
  ];
}

function attachmentsOf(query: Query, finished: TestStepFinished): AttachmentModel[] {
  return query.findAttachmentsBy(finished).map(({ mediaType, body, contentEncoding, fileName }) => ({
    mediaType,
    body,
    encoding: contentEncoding,
    ...(fileName !== undefined && { fileName }),
  }));
}

const msOf = ({ testStepResult }: TestStepFinished): number =>
  TimeConversion.durationToMilliseconds(testStepResult.duration);
