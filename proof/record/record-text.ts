import { z } from 'zod';
import { ranksOf, ranksText } from './ranks';
import { catchesOf, emptyRecord, type ProofRecord, type RecordedUnit } from './record';

/*
 * One JSON object a line, sorted, without times and places: a change of one function changes its line, those of its
 * survivors and the counts of the checks that noticed them, and nothing else.
 */

const FORMAT = 2;
const name = z.string().min(1);
const count = z.int().nonnegative();

const HEADER = z.strictObject({ proof: z.literal(FORMAT), module: name, mutators: name });
const CHECK = z.strictObject({
  check: name,
  kind: z.enum(['scenario', 'test']),
  title: name,
  /** How many it noticed: mutants, changed values, realistic defects. */
  code: count,
  values: count.optional(),
  meaningless: count.optional(),
  defects: count,
  pending: z.literal(true).optional(),
});
const UNIT = z.strictObject({
  unit: name,
  name,
  mutants: count,
  noticed: z.record(name, z.string()),
  ignored: z.string().optional(),
});
const SURVIVOR = z.strictObject({
  survivor: z.string().regex(/^[^/]+\/\d+$/),
  in: name,
  mutator: name,
  was: z.string(),
  became: z.string(),
  reached: z.boolean(),
});
const VALUE = z.strictObject({ value: name, step: z.string(), from: z.string(), to: z.string() });
const DEFECT = z.strictObject({ defect: name, fingerprint: name, noticedBy: z.array(name) });
const LINE = z.union([HEADER, CHECK, UNIT, SURVIVOR, VALUE, DEFECT]);
type Line = z.infer<typeof LINE>;

/** The text of `proof/results/<module>.jsonl`. */
export function recordText(record: ProofRecord): string {
  const lines: Line[] = [
    { proof: FORMAT, module: record.module, mutators: record.mutators },
    ...checkLines(record),
    ...[...record.defects.values()]
      .sort((a, b) => byText(a.id, b.id))
      .map(({ id, fingerprint, noticedBy }) => ({ defect: id, fingerprint, noticedBy: [...noticedBy].sort(byText) })),
    ...units(record).map(unitLine),
    ...units(record).flatMap(survivorLines),
    ...checks(record).flatMap(({ id, values }) => (values?.unnoticed ?? []).map((one) => ({ value: id, ...one }))),
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const checks = ({ checks: all }: ProofRecord) =>
  [...all.values()].sort((a, b) => byText(a.kind, b.kind) || byText(a.title, b.title) || byText(a.id, b.id));
const units = ({ units: all }: ProofRecord): RecordedUnit[] =>
  [...all.values()].sort((a, b) => byText(a.name, b.name) || byText(a.hash, b.hash));

function checkLines(record: ProofRecord): Line[] {
  const catches = catchesOf(record);
  return checks(record).map(({ id, kind, title, values, pending }) => ({
    check: id,
    kind,
    title,
    code: catches.get(id)?.code ?? 0,
    ...(values && { values: values.noticed, meaningless: values.meaningless }),
    defects: catches.get(id)?.defects ?? 0,
    ...(pending && { pending }),
  }));
}

function unitLine({ hash, name: unitName, mutants, noticed, ignored }: RecordedUnit): Line {
  const byCheck = new Map<string, number[]>();
  for (const [rank, ids] of noticed) {
    for (const id of ids) byCheck.set(id, [...(byCheck.get(id) ?? []), rank]);
  }
  const sorted = [...byCheck].sort(([a], [b]) => byText(a, b)).map(([id, ranks]) => [id, ranksText(ranks)] as const);
  return {
    unit: hash,
    name: unitName,
    mutants,
    noticed: Object.fromEntries(sorted),
    ...(ignored.size > 0 && { ignored: ranksText(ignored) }),
  };
}

function survivorLines({ hash, name: unitName, survivors }: RecordedUnit): Line[] {
  return [...survivors]
    .sort(([a], [b]) => a - b)
    .map(([rank, { mutator, was, became, reached }]) => ({
      survivor: `${hash}/${rank}`,
      in: unitName,
      mutator,
      was,
      became,
      reached,
    }));
}

/** Reads what `recordText` wrote. Throws an Error that names file and line otherwise. */
export function parseRecord(text: string, file: string): ProofRecord {
  const lines = text.split('\n').filter((line) => line !== '');
  const [header, ...rest] = lines.map((line, index) => parseLine(line, `${file}:${index + 1}`));
  if (header === undefined || !('proof' in header)) throw unreadable(`${file}:1`, 'it does not begin with a header');
  const record = emptyRecord(header.module, header.mutators);
  for (const line of rest) add(record, line, file);
  return record;
}

function parseLine(line: string, place: string): Line {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    throw unreadable(place, 'it is no JSON');
  }
  const parsed = LINE.safeParse(json);
  if (!parsed.success) throw unreadable(place, 'it is no line of a proof record');
  return parsed.data;
}

function unreadable(place: string, why: string): Error {
  return new Error(`${place}: ${why}. Restore the file, or remove it and prove the module again.`);
}

function add(record: ProofRecord, line: Line, file: string): void {
  if ('check' in line) {
    const { check: id, kind, title, values, meaningless, pending } = line;
    const changed =
      values === undefined ? undefined : { noticed: values, meaningless: meaningless ?? 0, unnoticed: [] };
    record.checks.set(id, { id, kind, title, ...(changed && { values: changed }), ...(pending && { pending }) });
  } else if ('unit' in line) {
    const noticed = new Map<number, Set<string>>();
    for (const [check, ranks] of Object.entries(line.noticed)) {
      for (const rank of ranksOf(ranks)) noticed.set(rank, (noticed.get(rank) ?? new Set()).add(check));
    }
    const { unit: hash, name: unitName, mutants } = line;
    const ignored = new Set(ranksOf(line.ignored ?? ''));
    record.units.set(hash, { hash, name: unitName, mutants, noticed, ignored, survivors: new Map() });
  } else if ('survivor' in line) {
    const [hash = '', rank] = line.survivor.split('/');
    const { mutator, was, became, reached } = line;
    const unit = record.units.get(hash);
    if (unit === undefined) throw unreadable(file, `its survivor ${line.survivor} stands in no unit`);
    unit.survivors.set(Number(rank), { mutator, was, became, reached });
  } else if ('value' in line) {
    const check = record.checks.get(line.value);
    if (!check?.values) throw unreadable(file, `its value of ${line.value} belongs to no check`);
    const { step, from, to } = line;
    check.values = { ...check.values, unnoticed: [...check.values.unnoticed, { step, from, to }] };
  } else if ('defect' in line) {
    record.defects.set(line.defect, { id: line.defect, fingerprint: line.fingerprint, noticedBy: line.noticedBy });
  }
}
