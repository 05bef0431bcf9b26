import type { ProofRecord, ProvenScenario, SpecificationCounts } from './proof-record';
import type { SpecificationResult } from './specification-mutants';
import { countMutants, survivorsOf, type SystemMutant } from './system-mutants';

/** A scenario of the module as it stands now. */
export interface ScenarioNow {
  /** `features/chat/x.feature:31` */
  readonly location: string;
  readonly key: string;
  readonly contentHash: string;
}

/** What stands now, to be compared with what was proven. */
export interface StateNow {
  readonly module: string;
  readonly moduleHash: string;
  readonly stepsHash: string;
  readonly files: Readonly<Record<string, string>>;
  readonly scenarios: readonly ScenarioNow[];
}

/** Whether a recorded proof is about exactly this code, these steps and these scenarios. */
export function isCurrent(record: ProofRecord, now: StateNow): boolean {
  const said = (scenarios: readonly { key: string; contentHash: string }[]): string =>
    JSON.stringify(scenarios.map(({ key, contentHash }) => `${key} ${contentHash}`).sort());
  return (
    record.moduleHash === now.moduleHash &&
    record.stepsHash === now.stepsHash &&
    said(record.scenarios) === said(now.scenarios)
  );
}

/** Files of the module that are new or different since the recorded proof; all of them when there is none. */
export function changedFiles(record: ProofRecord | null, now: StateNow): string[] {
  return Object.keys(now.files).filter((path) => record?.files[path] !== now.files[path]);
}

/** One record from both kinds of proof. Ordered by key and by place in the code, so that a repeat differs in `at` only. */
export function merge(
  now: StateNow,
  found: { system: readonly SystemMutant[]; specification: readonly SpecificationResult[]; at: string; tool: string },
): ProofRecord {
  const system = inOrder(found.system, ({ file, line, replacement }) => [file, line, replacement]);
  const specification = inOrder(found.specification, ({ scenario, step, from, to }) => [scenario, step, from, to]);
  const keyAt = new Map(now.scenarios.map(({ location, key }) => [location, key]));
  return {
    v: 1,
    module: now.module,
    moduleHash: now.moduleHash,
    stepsHash: now.stepsHash,
    files: now.files,
    at: found.at,
    tool: found.tool,
    mutants: countMutants(system),
    survivors: survivorsOf(system),
    specification: countValues(specification),
    specificationSurvivors: specification
      .filter(({ outcome }) => outcome === 'survived')
      .map(({ scenario, step, from, to }) => ({ key: keyAt.get(scenario) ?? scenario, step, from, to })),
    scenarios: inOrder(
      now.scenarios.map((scenario) => provenScenario(scenario, system, specification)),
      ({ key }) => [key],
    ),
  };
}

/** A sorted copy; figures by size, text by code unit, so that every machine gives the same order. */
function inOrder<T>(all: readonly T[], by: (one: T) => readonly (string | number)[]): T[] {
  const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);
  return [...all].sort((one, other) => {
    const theirs = by(other);
    return by(one).reduce<number>((found, value, at) => found || compare(value, theirs[at] ?? ''), 0);
  });
}

function countValues(results: readonly SpecificationResult[]): SpecificationCounts {
  const count = (outcome: SpecificationResult['outcome']): number =>
    results.filter((result) => result.outcome === outcome).length;
  return { total: results.length, caught: count('caught'), survived: count('survived'), invalid: count('invalid') };
}

function provenScenario(
  { location, key, contentHash }: ScenarioNow,
  system: readonly SystemMutant[],
  specification: readonly SpecificationResult[],
): ProvenScenario {
  // The defects that fewest others notice say most about a scenario.
  const killed = system
    .filter((mutant) => mutant.killedBy.includes(location))
    .sort((a, b) => a.killedBy.length - b.killedBy.length);
  const caught = specification.filter(({ scenario, outcome }) => scenario === location && outcome === 'caught');
  const systemExamples = killed.slice(0, 2).map(inWords);
  return {
    key,
    contentHash,
    caught: { system: killed.length, specification: caught.length },
    examples: [
      ...systemExamples,
      ...caught.slice(0, 1).map(({ step, from, to }) => `changing ${from} to ${to} in "${step}"`),
    ],
  };
}

function inWords({ file, line, original, replacement }: SystemMutant): string {
  const became = replacement === '' ? 'was left out' : `became ${replacement}`;
  return `${file}:${line}: ${original} ${became}`;
}
