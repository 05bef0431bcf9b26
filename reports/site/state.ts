import type { Outcome, RuleModel, ScenarioModel } from '../model/run-model';
import { html, type Html } from './html';

/** States of money and of rules, gravest first. */
export const STATES = ['failing', 'unproven', 'unspecified', 'protected'] as const;
export type State = (typeof STATES)[number];
/** A rule of which nothing was selected, or reached before the run was broken off. */
export type RuleState = State | 'not-run';

export const MEANING: Readonly<Record<RuleState | Outcome, string>> = {
  protected: 'Every rule passed in this run, and every scenario has been shown to fail when the behaviour breaks.',
  failing: 'At least one scenario failed in this run.',
  unproven: 'Everything passed, but not every scenario has been shown to fail when the behaviour breaks.',
  unspecified: 'No rule says yet what has to work for this money.',
  'not-run': 'Nothing of it was part of this run.',
  proven: 'Passed, and noticed at least one defect that was injected on purpose.',
  passed: 'Passed, but has not been shown to notice a defect yet.',
  flaky: 'Passed only after it was tried again.',
  blocked: 'Did not run to its end, so it says nothing.',
  failed: 'The behaviour was not what the rule promises.',
};

const SIGN: Readonly<Record<RuleState | Outcome, string>> = {
  protected: '●',
  proven: '●',
  unproven: '◐',
  passed: '◐',
  flaky: '◒',
  unspecified: '○',
  'not-run': '–',
  blocked: '▲',
  failing: '✕',
  failed: '✕',
};

/** A state as sign and word, so that nobody needs its colour. */
export function badge(state: RuleState | Outcome): Html {
  return html`<span class="badge is-${state}" title="${MEANING[state]}"
    ><span aria-hidden="true">${SIGN[state]}</span> ${state.replace('-', ' ')}</span
  >`;
}

export function stateOfRule({ scenarios, notRun }: RuleModel): RuleState {
  if (scenarios.length === 0) return notRun.length === 0 ? 'unspecified' : 'not-run';
  if (scenarios.some(hasFailed)) return 'failing';
  return notRun.length === 0 && scenarios.every(({ outcome }) => outcome === 'proven') ? 'protected' : 'unproven';
}

/** The gravest state wins. */
export function stateOfRules(rules: readonly RuleModel[]): RuleState {
  const states = new Set(rules.map(stateOfRule));
  return (
    (['failing', 'not-run', 'unproven', 'unspecified', 'protected'] as const).find((state) => states.has(state)) ??
    'unspecified'
  );
}

export const hasFailed = ({ outcome }: ScenarioModel): boolean => outcome === 'failed' || outcome === 'blocked';
