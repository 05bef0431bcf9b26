import type { RuleModel } from './run-model';

/** What a run says about a rule, and about money; gravest first. */
export const STATES = ['failing', 'unproven', 'unspecified', 'protected'] as const;
export type State = (typeof STATES)[number];

/**
 * A rule is protected only when all of it ran, passed, and was shown to fail when the behaviour breaks.
 * What was skipped or cut off says nothing, neither that it works nor that it is broken: it is unproven.
 */
export function stateOfRule({ scenarios, notRun }: RuleModel): State {
  if (scenarios.length + notRun.length === 0) return 'unspecified';
  if (scenarios.some(({ outcome }) => outcome === 'failed')) return 'failing';
  return notRun.length === 0 && scenarios.every(({ outcome }) => outcome === 'proven') ? 'protected' : 'unproven';
}

/** The gravest state wins; no rule at all is unspecified. */
export function stateOfRules(rules: readonly RuleModel[]): State {
  const states = new Set(rules.map(stateOfRule));
  return STATES.find((state) => states.has(state)) ?? 'unspecified';
}
