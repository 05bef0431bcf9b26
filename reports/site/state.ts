import type { Outcome, RuleModel, ScenarioModel } from '../model/run-model';
import { html, type Html } from './html';

/** States of money and of rules, gravest first. */
export const STATES = ['failing', 'unproven', 'unspecified', 'protected'] as const;
export type State = (typeof STATES)[number];

export const MEANING: Readonly<Record<State | Outcome, string>> = {
  protected: 'Every rule passed in this run, and every scenario has been shown to fail when the behaviour breaks.',
  failing: 'At least one scenario failed in this run.',
  unproven: 'Everything passed, but not every scenario has been shown to fail when the behaviour breaks.',
  unspecified: 'No rule says yet what has to work for this money.',
  proven: 'Passed, and noticed at least one defect that was injected on purpose.',
  passed: 'Passed, but has not been shown to notice a defect yet.',
  flaky: 'Passed only after it was tried again.',
  blocked: 'Did not run to its end, so it says nothing.',
  failed: 'The behaviour was not what the rule promises.',
};

const SIGN: Readonly<Record<State | Outcome, string>> = {
  protected: '●',
  proven: '●',
  unproven: '◐',
  passed: '◐',
  flaky: '◒',
  unspecified: '○',
  blocked: '▲',
  failing: '✕',
  failed: '✕',
};

/** A state as sign and word, so that nobody needs its colour. */
export function badge(state: State | Outcome): Html {
  return html`<span class="badge is-${state}" title="${MEANING[state]}"
    ><span aria-hidden="true">${SIGN[state]}</span> ${state}</span
  >`;
}

export function stateOfRule(rule: RuleModel): State {
  if (rule.scenarios.length === 0) return 'unspecified';
  if (rule.scenarios.some(({ outcome }) => outcome === 'failed' || outcome === 'blocked')) return 'failing';
  return rule.scenarios.every(({ outcome }) => outcome === 'proven') ? 'protected' : 'unproven';
}

/** The gravest state wins. */
export function stateOfRules(rules: readonly RuleModel[]): State {
  const states = new Set(rules.map(stateOfRule));
  return STATES.find((state) => states.has(state)) ?? 'unspecified';
}

export const hasFailed = ({ outcome }: ScenarioModel): boolean => outcome === 'failed' || outcome === 'blocked';
