import {
  catchesOf,
  figuresOf,
  hasCaught,
  type Catches,
  type ProofRecord,
  type RecordedCheck,
  type RecordedUnit,
} from './record/record';
import { drawnFrom, SAMPLE_AT_LEAST, shareAmongAll, shareOfDrawn, type Drawn } from './record/drawn';
import { DEFECTS_THRESHOLD, thresholdOf } from './thresholds';

/** Rounded down, so that 100 % means all. */
const percent = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${(Math.floor((part / whole) * 1000) / 10).toFixed(1)} %`;

export interface Verdict {
  readonly proven: boolean;
  /** One sentence for each reason why not. */
  readonly because: readonly string[];
}

/** Whether enough of the defects were noticed, of all or of enough drawn by lot, and every scenario noticed at least one. */
export function verdictOf(record: ProofRecord): Verdict {
  const figures = figuresOf(record);
  const threshold = thresholdOf(record.module);
  const idle = idleChecks(record).filter(({ kind }) => kind === 'scenario');
  const { defects, defectsNoticed } = figures;
  const drawn = drawnFrom(record.units.values());
  const isEnough = drawn.tried >= Math.min(SAMPLE_AT_LEAST, drawn.all);
  const because = [
    !isEnough &&
      `only ${drawn.tried} mutants drawn by lot have been tried; run the same command again, or with --sample ${SAMPLE_AT_LEAST}.`,
    isEnough &&
      shareOfDrawn(drawn) < threshold &&
      `too many mutants went unnoticed (needed: ${percent(threshold, 1)}).`,
    idle.length > 0 && `${idle.length} ${idle.length === 1 ? 'scenario' : 'scenarios'} noticed nothing.`,
    defects > 0 &&
      defectsNoticed / defects < DEFECTS_THRESHOLD &&
      `too many realistic defects went unnoticed (needed: ${percent(DEFECTS_THRESHOLD, 1)}).`,
  ].filter((reason) => reason !== false);
  return { proven: because.length === 0, because };
}

/** Checks that noticed no defect of any kind: they protect nothing. */
export function idleChecks(record: ProofRecord): RecordedCheck[] {
  const catches = catchesOf(record);
  return [...record.checks.values()].filter(({ id }) => !hasCaught(catches.get(id) ?? NOTHING));
}

const NOTHING: Catches = { code: 0, values: 0, defects: 0 };

/**
 * The whole result as a person reads it, what needs attention last, where the eye is.
 *
 * @param placeOf where a survivor stands now: `ssot/id-manager/kinds.ts:31`
 */
export function summary(record: ProofRecord, placeOf: (unit: RecordedUnit, rank: number) => string): string {
  return [
    ...checkTable(record),
    ...survivorList(record, placeOf),
    ...valueList(record),
    ...defectList(record),
    ...idleList(record),
    ...shares(record),
    '',
  ].join('\n');
}

function checkTable(record: ProofRecord): string[] {
  const catches = catchesOf(record);
  const rows = [...record.checks.values()]
    .filter(({ kind }) => kind === 'scenario')
    .map(({ id, title }) => ({ title, ...(catches.get(id) ?? NOTHING) }))
    .sort((a, b) => b.code + b.values + b.defects - (a.code + a.values + a.defects) || a.title.localeCompare(b.title));
  if (rows.length === 0) return [];
  const figure = (count: number): string => String(count).padStart(6);
  return [
    '',
    `Defects noticed by each scenario of ${record.module}, as far as it was asked`,
    '  code values defects',
    ...rows.map(({ code, values, defects, title }) => `${figure(code)}${figure(values)}${figure(defects)}   ${title}`),
  ];
}

function survivorList(record: ProofRecord, placeOf: (unit: RecordedUnit, rank: number) => string): string[] {
  const lines = [...record.units.values()].flatMap((unit) =>
    [...unit.survivors].map(([rank, { mutator, was, became, reached }]) => {
      const change = became === '' ? `"${was}" left out` : `"${was}" -> "${became}"`;
      return `  ${placeOf(unit, rank)}  ${mutator}: ${change}${reached ? '' : '  [no check runs this code]'}`;
    }),
  );
  return lines.length === 0 ? [] : ['', 'Mutants that no check noticed', ...lines.sort()];
}

function valueList(record: ProofRecord): string[] {
  const lines = [...record.checks.values()].flatMap(({ title, values }) =>
    (values?.unnoticed ?? []).map(({ step, from, to }) => `  ${from} -> ${to} in "${step}"  (${title})`),
  );
  return lines.length === 0 ? [] : ['', 'Changed values in Then steps that were not noticed', ...lines];
}

function defectList(record: ProofRecord): string[] {
  const unnoticed = [...record.defects.values()].filter(({ noticedBy }) => noticedBy.length === 0);
  return unnoticed.length === 0
    ? []
    : ['', 'Realistic defects that no check noticed', ...unnoticed.map(({ id }) => `  ${id}`).sort()];
}

function idleList(record: ProofRecord): string[] {
  // A test that was not asked alone may notice what another was asked about before it.
  const idle = idleChecks(record).filter(({ kind, pending }) => kind === 'scenario' || !pending);
  if (idle.length === 0) return [];
  return ['', 'Checks that noticed nothing', ...idle.map(({ kind, title }) => `  ${kind}: ${title}`).sort()];
}

function shares(record: ProofRecord): string[] {
  const figures = figuresOf(record);
  const { ignored, noticed, survived, unreached, untried } = figures;
  const { proven, because } = verdictOf(record);
  const tests = [...record.checks.values()].filter(({ kind }) => kind === 'test').length;
  return [
    '',
    `${record.module}: ${record.checks.size - tests} scenarios, ${tests} module tests`,
    `  mutants            ${sharesOf(drawnFrom(record.units.values()))}` +
      ` (in all ${noticed} noticed, ${survived} survived, ${unreached} in code that no check runs, ${untried} untried; ${ignored} set aside)`,
    `  changed values     ${figures.valuesNoticed} of ${figures.values} noticed, ${percent(figures.valuesNoticed, figures.values)}` +
      ` (${figures.valuesMeaningless} set aside, because the changed sentence has no meaning)`,
    `  realistic defects  ${figures.defectsNoticed} of ${figures.defects} noticed, ${percent(figures.defectsNoticed, figures.defects)}`,
    proven ? '  proven' : `  NOT PROVEN: ${because.join(' ')}`,
  ];
}

/** `176 of 200 drawn by lot noticed, 88.0 %; of all 1060 82.7 to 91.8 %, with 95 % certainty`. */
export function sharesOf(drawn: Drawn): string {
  const { all, tried, noticed } = drawn;
  if (tried === all) return `${noticed} of ${all} noticed, ${percent(noticed, all)}`;
  if (tried === 0) return `none of ${all} has been drawn and tried so far`;
  const [from, to] = shareAmongAll(drawn).map((share) => (share * 100).toFixed(1));
  return (
    `${noticed} of ${tried} drawn by lot noticed, ${percent(noticed, tried)}; ` +
    `of all ${all} ${from} to ${to} %, with 95 % certainty`
  );
}
