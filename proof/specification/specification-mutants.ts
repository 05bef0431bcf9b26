import { PickleStepType, type Pickle, type PickleStep } from '@cucumber/messages';
import { changedContent, changedTexts } from './changed-values';

/** A scenario in which one value of one Then step was changed. If it still passes, nothing checks that value. */
export interface SpecificationMutant {
  /** Feature file and line of the scenario that was changed: `features/chat/x.feature:31`. */
  readonly scenario: string;
  /** The changed scenario, ready to run. */
  readonly pickle: Pickle;
  readonly stepId: string;
  /** The sentence as it is written. */
  readonly step: string;
  readonly from: string;
  readonly to: string;
}

/** `invalid`: the changed sentence has no meaning (no step fits it, or a word in it is unknown), so it shows nothing. */
export type SpecificationOutcome = 'caught' | 'survived' | 'invalid';

/** What the plugin writes and `npm run prove` reads. */
export type SpecificationResult = Pick<SpecificationMutant, 'scenario' | 'step' | 'from' | 'to'> & {
  readonly outcome: SpecificationOutcome;
};

export function specificationMutants(pickle: Pickle): SpecificationMutant[] {
  const scenario = `${pickle.uri}:${pickle.location?.line ?? 0}`;
  const changes = pickle.steps
    .filter((step) => step.type === PickleStepType.OUTCOME)
    .flatMap((step) => changesOf(step).map(({ changed, from, to }) => ({ step, changed, from, to })));
  return changes.map(({ step, changed, from, to }, index) => ({
    scenario,
    pickle: {
      ...pickle,
      id: `${pickle.id}/${index + 1}`,
      name: `${pickle.name} (changed ${index + 1})`,
      steps: pickle.steps.map((one) => (one.id === step.id ? changed : one)),
    },
    stepId: step.id,
    step: step.text,
    from,
    to,
  }));
}

interface ChangedStep {
  readonly changed: PickleStep;
  readonly from: string;
  readonly to: string;
}

function changesOf(step: PickleStep): ChangedStep[] {
  const texts = changedTexts(step.text).map(({ text, from, to }) => ({ changed: { ...step, text }, from, to }));
  const { dataTable, docString } = step.argument ?? {};
  if (docString) {
    const to = changedContent(docString.content);
    const changed = { ...step, argument: { docString: { ...docString, content: to } } };
    return [...texts, { changed, from: docString.content, to }];
  }
  if (!dataTable) return texts;
  const cells = dataTable.rows.flatMap((row, y) =>
    row.cells.map((cell, x) => {
      const to = changedContent(cell.value);
      const rows = dataTable.rows.map((one, v) =>
        v !== y ? one : { ...one, cells: one.cells.map((each, u) => (u === x ? { ...each, value: to } : each)) },
      );
      return { changed: { ...step, argument: { dataTable: { ...dataTable, rows } } }, from: cell.value, to };
    }),
  );
  return [...texts, ...cells];
}

/**
 * A change counts as caught only when an assertion refuses it, at the changed step. A step that does not exist, a word
 * that a parameter type or a table schema refuses, or a failure elsewhere says nothing about what the scenario checks.
 */
export function judge(failedStepId: string | undefined, stepId: string, message: string): SpecificationOutcome {
  if (failedStepId === undefined) return 'survived';
  return failedStepId === stepId && /AssertionError|not so within \d+ ms/.test(message) ? 'caught' : 'invalid';
}
