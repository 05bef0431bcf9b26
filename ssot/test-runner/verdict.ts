/** The one answer to "may this be relied on?"; only `passed` means that every selected scenario really ran and held. */
export type Verdict =
  | 'passed'
  | 'failed'
  | 'bad_usage'
  | 'unproven'
  | 'nothing_selected'
  | 'environment_broken'
  | 'runner_broken'
  | 'aborted';

/** The numbers follow sysexits.h where it has one, and 128 + signal for an interrupt. */
export const exitStatus: Readonly<Record<Verdict, number>> = {
  passed: 0,
  failed: 1,
  bad_usage: 64,
  unproven: 65,
  nothing_selected: 66,
  environment_broken: 69,
  runner_broken: 70,
  aborted: 130,
};

const GRAVEST_FIRST: readonly Verdict[] = [
  'bad_usage',
  'failed',
  'aborted',
  'runner_broken',
  'environment_broken',
  'nothing_selected',
  'unproven',
  'passed',
];

/** Where several things went wrong the gravest decides; without any it is a pass. */
export function gravest(verdicts: Iterable<Verdict>): Verdict {
  const all = new Set(verdicts);
  return GRAVEST_FIRST.find((verdict) => all.has(verdict)) ?? 'passed';
}
