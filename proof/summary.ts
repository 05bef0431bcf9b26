import { mutationScore, type ProofRecord, type ProvenScenario } from './proof-record';
import { thresholdOf } from './thresholds';

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const caughtBy = ({ caught }: ProvenScenario): number => caught.system + caught.specification;

/** Scenarios that noticed no defect of either kind: they protect nothing. */
export function unproven(record: ProofRecord): readonly ProvenScenario[] {
  return record.scenarios.filter((scenario) => caughtBy(scenario) === 0);
}

/** Enough of the defects were noticed, and every scenario noticed at least one. */
export function isProven(record: ProofRecord): boolean {
  return mutationScore(record.mutants) >= thresholdOf(record.module) && unproven(record).length === 0;
}

/** The whole result as a person reads it, what needs attention first. */
export function summary(record: ProofRecord): string {
  return [...scenarioTable(record), ...survivorList(record), ...valueList(record), ...verdict(record)].join('\n');
}

/** What came of a part of the defects: no verdict, because the rest was not tried. */
export function quickLook(record: ProofRecord): string {
  const { total, killed, timeout } = record.mutants;
  return [...survivorList(record), '', `${killed + timeout} of ${total} defects noticed`].join('\n');
}

function scenarioTable(record: ProofRecord): string[] {
  const rows = [...record.scenarios].sort((a, b) => caughtBy(a) - caughtBy(b) || a.key.localeCompare(b.key));
  return [
    '',
    `Defects noticed by each scenario of ${record.module} (in the code / in the specification)`,
    '',
    ...rows.map(({ key, caught, examples }) => {
      const figures = `${String(caught.system).padStart(5)} /${String(caught.specification).padStart(4)}`;
      const example = examples[0] === undefined ? 'NOTHING: this scenario cannot fail' : `for example ${examples[0]}`;
      return `${figures}  ${key}\n              ${example}`;
    }),
  ];
}

function survivorList({ survivors }: ProofRecord): string[] {
  if (survivors.length === 0) return [];
  return [
    '',
    'Defects in the code that no scenario noticed',
    '',
    ...survivors.map(
      ({ file, line, mutator, replacement, covered }) =>
        `  ${file}:${line}  ${mutator} -> ${replacement === '' ? '(left out)' : replacement}` +
        (covered ? '' : '  [no scenario runs this code]'),
    ),
  ];
}

function valueList({ specificationSurvivors }: ProofRecord): string[] {
  if (specificationSurvivors.length === 0) return [];
  return [
    '',
    'Changed values in Then steps that were not noticed',
    '',
    ...specificationSurvivors.map(
      ({ key, step, from, to }) => `  changing ${from} to ${to} in "${step}" was not noticed  (${key})`,
    ),
  ];
}

function verdict(record: ProofRecord): string[] {
  const { mutants, specification } = record;
  const score = mutationScore(mutants);
  const threshold = thresholdOf(record.module);
  const idle = unproven(record).length;
  return [
    '',
    `${record.module}: ${percent(score)} of ${mutants.total - mutants.ignored} defects noticed (needed: ${percent(threshold)})`,
    `  ${mutants.killed} failed a scenario, ${mutants.timeout} ran out of time, ${mutants.survived} survived, ` +
      `${mutants.noCoverage} in code that no scenario runs; ${mutants.ignored} set aside (the module does not load, or the wording of a log line)`,
    `  specification: ${specification.caught} of ${specification.caught + specification.survived} changed values noticed; ` +
      `${specification.invalid} set aside (no such sentence or word)`,
    ...(idle === 0 ? [] : [`  NOT PROVEN: ${idle} of ${record.scenarios.length} scenarios noticed nothing`]),
    ...(score >= threshold ? [] : ['  NOT PROVEN: too many defects went unnoticed']),
    ...(isProven(record) ? [`  proven: every one of ${record.scenarios.length} scenarios noticed something`] : []),
    '',
  ];
}
