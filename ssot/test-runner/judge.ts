import type { Envelope, Pickle } from '@cucumber/messages';
import { lossSentences, lostServicesIn } from './lost-services';
import { Observed, statusOf, type Attempt } from './observed';
import { exitStatus, gravest, type Verdict } from './verdict';

/** What was meant to happen, to be compared with what the messages say did. */
export interface Plan {
  /** Ids of the pickles that were selected. */
  readonly scenarios: readonly string[];
  /** Nothing of the suite was left out, so a step definition that no scenario uses is used by nobody. */
  readonly whole: boolean;
  readonly dryRun: boolean;
  /** After the first failure Cucumber goes through the rest without running it. */
  readonly failFast: boolean;
}

/** What the messages cannot say: they were heard only until an interrupt, or the process ended before the clean-up after the run did. */
export type Mark = 'interrupted' | 'cut_short';

/** One thing that keeps a run from being a pass. */
export interface Fault {
  readonly verdict: Verdict;
  /** `features/chat/x.feature:31`; empty where it concerns the run. */
  readonly place: string;
  /** What is wrong and the way out, in one or two sentences. */
  readonly message: string;
}

export interface Judgement {
  readonly verdict: Verdict;
  readonly exitStatus: number;
  readonly faults: readonly Fault[];
}

/** The one place that makes a verdict. A scenario of the plan without a result is never a pass. */
export function judge(plan: Plan, messages: Iterable<Envelope>, marks: readonly Mark[] = []): Judgement {
  const run = new Observed(messages);
  const stopped = plan.failFast && plan.scenarios.some((id) => hasFailed(run, run.pickles.get(id)));
  const faults = [
    ...run.unreadable.map(({ place, message }) =>
      fault('failed', place, `This cannot be read: ${message}. Correct the line.`),
    ),
    ...(plan.scenarios.length === 0 ? [nothingSelected] : []),
    ...plan.scenarios.flatMap((id) => scenarioFaults(run, run.pickles.get(id), plan.dryRun || stopped)),
    ...lostServices(run, plan),
    ...missingResults(run, plan, marks),
    ...(plan.whole && run.testCases.size > 0 ? unusedDefinitions(run) : []),
    ...(plan.dryRun
      ? [fault('unproven', '', 'A dry run executes nothing, so it shows that steps fit and nothing else.')]
      : []),
  ];
  const found = [
    ...faults,
    ...troubleAround(run, faults.length > 0),
    ...(marks.includes('cut_short') ? [cutShort] : []),
  ];
  const verdict = gravest(found.map((one) => one.verdict));
  return { verdict, exitStatus: exitStatus[verdict], faults: found };
}

const fault = (verdict: Verdict, place: string, message: string): Fault => ({ verdict, place, message });

const nothingSelected = fault(
  'nothing_selected',
  '',
  'No scenario was selected, so nothing was shown. Check tags, names, paths (a line must be that of a scenario) and shard.',
);

const cutShort = fault(
  'runner_broken',
  '',
  'The process ended while the run was being cleaned up and published, so reports may be missing. Run it again.',
);

function hasFailed(run: Observed, pickle: Pickle | undefined): boolean {
  const last = pickle && run.attemptsOf(pickle).at(-1);
  return last !== undefined && ['FAILED', 'UNDEFINED', 'AMBIGUOUS', 'PENDING'].includes(statusOf(last));
}

/** `passedOver`: Cucumber itself goes through scenarios without running them. */
function scenarioFaults(run: Observed, pickle: Pickle | undefined, passedOver: boolean): Fault[] {
  if (pickle === undefined) return [];
  const place = run.placeOf(pickle);
  if (pickle.steps.length === 0) {
    return [fault('failed', place, `"${pickle.name}" has no steps, so it shows nothing. Write them, or remove it.`)];
  }
  const attempts = run.attemptsOf(pickle);
  const last = attempts.at(-1);
  if (last === undefined) return [];
  switch (statusOf(last)) {
    case 'PASSED':
      if (attempts.length === 1) return [];
      return [
        fault(
          'unproven',
          place,
          `"${pickle.name}" is flaky: it passed only at attempt ${attempts.length}. Both attempts are in the record; find what differs.`,
        ),
      ];
    case 'SKIPPED':
      return passedOver && !hasBegun(last) ? [] : [skipped(run, pickle, last)];
    case 'FAILED':
      return last.lost.length > 0 ? [] : [fault('failed', place, `"${pickle.name}" failed.`)];
    case 'UNKNOWN':
      return []; // Counted with those that have no result.
    case 'UNDEFINED':
    case 'AMBIGUOUS':
    case 'PENDING':
      return last.steps.flatMap(({ id, status }) => stepFault(run, pickle, last, id, status));
  }
}

/** The scenarios of a store that died say nothing about the product. */
function lostServices(run: Observed, { scenarios }: Plan): Fault[] {
  const lost = scenarios.map((id) => {
    const pickle = run.pickles.get(id);
    return (pickle && run.attemptsOf(pickle).at(-1)?.lost) ?? [];
  });
  return lossSentences(lost).map((sentence) => fault('environment_broken', '', `${sentence} Run them again.`));
}

const hasBegun = ({ steps }: Attempt): boolean => steps.some(({ status }) => status !== 'SKIPPED');

function skipped(run: Observed, pickle: Pickle, attempt: Attempt): Fault {
  const first = attempt.steps.find(({ status }) => status === 'SKIPPED');
  const step = first && sentenceOf(pickle, attempt, first.id);
  const place = step ? run.placeOfStep(pickle, step) : run.placeOf(pickle);
  const where = step ? `at "${step.text}"` : 'by a hook';
  return fault('unproven', place, `"${pickle.name}" was skipped ${where}. Let it run, or remove it.`);
}

function stepFault(run: Observed, pickle: Pickle, attempt: Attempt, id: string, status: string): Fault[] {
  const step = sentenceOf(pickle, attempt, id);
  const places = attempt.testCase.testSteps
    .find((one) => one.id === id)
    ?.stepDefinitionIds?.map((one) => run.placeOfDefinition(one));
  const definitions = (places ?? []).join(' and ');
  if (!step) {
    const hook = `"${pickle.name}": a hook is not finished yet. Finish it.`;
    return status === 'PENDING' ? [fault('failed', run.placeOf(pickle), hook)] : [];
  }
  const place = run.placeOfStep(pickle, step);
  switch (status) {
    case 'UNDEFINED':
      return [
        fault(
          'failed',
          place,
          `No step definition fits "${step.text}". Use a sentence that exists, or define this one.`,
        ),
      ];
    case 'AMBIGUOUS':
      return [fault('failed', place, `"${step.text}" fits ${definitions}. Change one of them, so that one fits.`)];
    case 'PENDING':
      return [fault('failed', place, `"${step.text}" is not finished yet (${definitions}). Finish it.`)];
    default:
      return [];
  }
}

function sentenceOf(pickle: Pickle, { testCase }: Attempt, id: string): Pickle['steps'][number] | undefined {
  const sentence = testCase.testSteps.find((step) => step.id === id)?.pickleStepId;
  return pickle.steps.find((step) => step.id === sentence);
}

/** A worker that ended, an interrupt or a fail-fast leave scenarios without a result; Cucumber leaves them out of its sum. */
function missingResults(run: Observed, plan: Plan, marks: readonly Mark[]): Fault[] {
  const { finished } = run;
  const without = plan.scenarios.flatMap((id) => {
    const pickle = run.pickles.get(id);
    const last = pickle && run.attemptsOf(pickle).at(-1);
    return last && statusOf(last) !== 'UNKNOWN' ? [] : [pickle];
  });
  const some = `no result for ${without.length} of ${plan.scenarios.length} scenarios`;
  if (marks.includes('interrupted')) return [fault('aborted', '', `The run was interrupted: ${some}.`)];
  if (!finished) {
    if (run.unreadable.length > 0 || plan.scenarios.length === 0) return [];
    return [fault('runner_broken', '', `The run ended before it was finished: ${some}. Run them again.`)];
  }
  if (without.length === 0) return [];
  const [first] = without;
  const place = without.length === 1 && first ? run.placeOf(first) : '';
  return [
    fault('failed', place, `There is ${some}${finished.message ? `: ${finished.message}` : ''}. Run them again.`),
  ];
}

function unusedDefinitions(run: Observed): Fault[] {
  const used = new Set(
    [...run.testCases.values()].flatMap(({ testSteps }) => testSteps.flatMap((step) => step.stepDefinitionIds ?? [])),
  );
  return [...run.definitions.values()]
    .filter(({ id }) => !used.has(id))
    .map(({ id, pattern }) =>
      fault(
        'unproven',
        run.placeOfDefinition(id),
        `No scenario uses the step "${pattern.source}". Use it, or remove it.`,
      ),
    );
}

/** Cucumber says the run failed although every scenario is fine: something around them did. */
function troubleAround({ finished, failedHooks }: Observed, explained: boolean): Fault[] {
  const silent = finished?.success === false && !explained && failedHooks.length === 0;
  const causes = silent ? [finished.message ?? 'Cucumber does not say what'] : [...new Set(failedHooks)];
  return causes.map((cause) => {
    const verdict = lostServicesIn(cause).length > 0 ? 'environment_broken' : 'failed';
    return fault(verdict, '', `Something around the scenarios failed: ${cause}`);
  });
}
