import type { RuleModel, ScenarioModel } from './run-model';

/** What a run says about a rule, and about money; gravest first. */
export const STATES = ['failing', 'unproven', 'not-run', 'unspecified', 'protected'] as const;
export type State = (typeof STATES)[number];

/**
 * A rule is protected only when all of it ran, passed, and was shown to fail when the behaviour breaks. A module test that
 * failed makes its rule failing; one that passed adds nothing, because a rule never stands on module tests alone.
 * What was left out, skipped or cut off says nothing, neither that it works nor that it is broken: it is not run.
 */
export function stateOfRule({ scenarios, notRun, moduleTests }: RuleModel): State {
  const some = (outcome: ScenarioModel['outcome']): boolean => scenarios.some((one) => one.outcome === outcome);
  if (some('failed') || moduleTests.failed.length > 0) return 'failing';
  if (scenarios.length + notRun.length === 0) return 'unspecified';
  if (some('passed') || some('flaky')) return 'unproven';
  return notRun.length > 0 || some('blocked') ? 'not-run' : 'protected';
}

/** The gravest state wins; no rule at all is unspecified. */
export function stateOfRules(rules: readonly RuleModel[]): State {
  const states = new Set(rules.map(stateOfRule));
  return STATES.find((state) => states.has(state)) ?? 'unspecified';
}
