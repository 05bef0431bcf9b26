import type { Envelope, Pickle, PickleStep, StepDefinition, TestCase, TestStepResultStatus } from '@cucumber/messages';
import { lostServicesIn } from './lost-services';

export type Status = `${TestStepResultStatus}`;

/** Gravest last, as Cucumber itself weighs the steps of a scenario. */
const GRAVITY: readonly Status[] = ['UNKNOWN', 'PASSED', 'SKIPPED', 'PENDING', 'UNDEFINED', 'AMBIGUOUS', 'FAILED'];

export interface Attempt {
  readonly testCase: TestCase;
  readonly steps: { readonly id: string; readonly status: Status }[];
  /** Services that a hook of it blames. */
  readonly lost: string[];
  ended: boolean;
}

/** What the messages of one run say, found again by what they are about. Workers may tell it in any order. */
export class Observed {
  readonly pickles = new Map<string, Pickle>();
  readonly definitions = new Map<string, StepDefinition>();
  readonly testCases = new Map<string, TestCase>();
  readonly unreadable: { readonly place: string; readonly message: string }[] = [];
  /** Hooks around the whole run that failed. */
  readonly failedHooks: string[] = [];
  finished: { readonly success: boolean; readonly message?: string } | undefined;
  readonly #lines = new Map<string, number>();
  readonly #attempts = new Map<string, Attempt>();
  readonly #ofPickle = new Map<string, Attempt[]>();

  constructor(messages: Iterable<Envelope> = []) {
    for (const message of messages) this.add(message);
  }

  add(message: Envelope): void {
    const { pickle, stepDefinition, testCase, parseError, gherkinDocument, testRunHookFinished, testRunFinished } =
      message;
    if (gherkinDocument?.feature) this.#noteLines(gherkinDocument.feature);
    if (pickle) this.pickles.set(pickle.id, pickle);
    if (stepDefinition) this.definitions.set(stepDefinition.id, stepDefinition);
    if (testCase) this.testCases.set(testCase.id, testCase);
    if (parseError) {
      const { uri = 'a feature', location } = parseError.source;
      this.unreadable.push({
        place: `${uri}:${location?.line ?? 1}`,
        message: parseError.message.replace(/^\(.*?\): /, ''),
      });
    }
    if (testRunHookFinished && namely(testRunHookFinished.result.status) === 'FAILED') {
      this.failedHooks.push(firstLine(testRunHookFinished.result.message));
    }
    if (testRunFinished) {
      const { success, message: why, exception } = testRunFinished;
      const said = why ?? exception?.message;
      this.finished = { success, ...(said !== undefined && { message: firstLine(said) }) };
    }
    this.#noteAttempt(message);
  }

  #noteAttempt({ testCaseStarted, testStepFinished, testCaseFinished }: Envelope): void {
    if (testCaseStarted) {
      const testCase = this.testCases.get(testCaseStarted.testCaseId);
      if (testCase === undefined) return;
      const attempt: Attempt = { testCase, steps: [], lost: [], ended: false };
      this.#attempts.set(testCaseStarted.id, attempt);
      this.#ofPickle.set(testCase.pickleId, [...(this.#ofPickle.get(testCase.pickleId) ?? []), attempt]);
    }
    if (testStepFinished) {
      const { testCaseStartedId, testStepId: id, testStepResult } = testStepFinished;
      const attempt = this.#attempts.get(testCaseStartedId);
      attempt?.steps.push({ id, status: testStepResult.status });
      if (attempt?.testCase.testSteps.find((step) => step.id === id)?.hookId !== undefined)
        attempt.lost.push(...lostServicesIn(testStepResult.message ?? ''));
    }
    const ended = testCaseFinished && this.#attempts.get(testCaseFinished.testCaseStartedId);
    if (ended) ended.ended = true;
  }

  /** In the order they were made. */
  attemptsOf(pickle: Pickle): readonly Attempt[] {
    return this.#ofPickle.get(pickle.id) ?? [];
  }

  /** `features/chat/x.feature:31` */
  placeOf({ uri, location, astNodeIds }: Pickle): string {
    const line = location?.line ?? this.#lines.get(astNodeIds.at(-1) ?? '');
    return `${uri}:${line ?? 1}`;
  }

  placeOfStep(pickle: Pickle, { astNodeIds: [id] }: PickleStep): string {
    const line = this.#lines.get(id ?? '');
    return line === undefined ? this.placeOf(pickle) : `${pickle.uri}:${line}`;
  }

  placeOfDefinition(id: string): string {
    const { uri, location } = this.definitions.get(id)?.sourceReference ?? {};
    return `${uri ?? 'a step definition'}:${location?.line ?? 1}`;
  }

  /** Steps, scenarios and examples: everything with an id and a location. */
  #noteLines(node: unknown): void {
    if (Array.isArray(node)) {
      for (const part of node) this.#noteLines(part);
    } else if (typeof node === 'object' && node !== null) {
      const { id, location } = node as { id?: string; location?: { line: number } };
      if (id !== undefined && location) this.#lines.set(id, location.line);
      this.#noteLines(Object.values(node));
    }
  }
}

export function statusOf({ steps, ended }: Attempt): Status {
  if (!ended) return 'UNKNOWN';
  return steps.reduce<Status>(
    (worst, { status }) => (GRAVITY.indexOf(status) > GRAVITY.indexOf(worst) ? status : worst),
    'UNKNOWN',
  );
}

const namely = (status: TestStepResultStatus): Status => status;

const firstLine = (text: string | undefined): string => text?.split('\n')[0] ?? 'without a word';
