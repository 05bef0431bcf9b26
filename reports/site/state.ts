import { STATES, stateOfRule, type State } from '../model/protection';
import type { Outcome, RuleModel, ScenarioModel } from '../model/run-model';
import { html, type Html } from './html';

/** What a reader sees: a state of the ledger, or that a partial run left the rule out. */
export type Shown = State | 'not-run';

export const MEANING: Readonly<Record<Shown | Outcome, string>> = {
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

const SIGN: Readonly<Record<Shown | Outcome, string>> = {
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
export function badge(state: Shown | Outcome): Html {
  return html`<span class="badge is-${state}"
    ><span aria-hidden="true">${SIGN[state]}</span> ${state.replace('-', ' ')}</span
  >`;
}

export const shownState = (rule: RuleModel): Shown =>
  rule.scenarios.length === 0 && rule.notRun.length > 0 ? 'not-run' : stateOfRule(rule);

/** The gravest state wins; parts of a feature that were left out do not hide what the others say. */
export function shownStateOf(rules: readonly RuleModel[]): Shown {
  const shown = rules.map(shownState);
  if (shown.includes('not-run') && !shown.includes('failing'))
    return shown.every((state) => state === 'not-run') ? 'not-run' : 'unproven';
  return STATES.find((state) => shown.includes(state)) ?? 'unspecified';
}

export const hasFailed = ({ outcome }: ScenarioModel): boolean => outcome === 'failed' || outcome === 'blocked';
