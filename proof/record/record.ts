/** What is known about one module: which check notices which defect. In memory; `record-text.ts` is the file. */
export interface ProofRecord {
  readonly module: string;
  /** What the mutants are made with: another version makes others. */
  readonly mutators: string;
  readonly checks: Map<string, RecordedCheck>;
  readonly units: Map<string, RecordedUnit>;
  /** By the defect's id. */
  readonly defects: Map<string, RecordedDefect>;
}

export interface RecordedCheck {
  readonly id: string;
  readonly kind: 'scenario' | 'test';
  readonly title: string;
  /** A scenario's Then steps with changed values; absent: not tried yet, or a module test. */
  values?: ChangedValues;
  /** Has noticed nothing in the code so far, and has not yet been asked about mutants that others noticed. */
  pending?: boolean;
}

export interface ChangedValues {
  readonly noticed: number;
  /** The changed sentence had no meaning, so it showed nothing. */
  readonly meaningless: number;
  readonly unnoticed: readonly { readonly step: string; readonly from: string; readonly to: string }[];
}

export interface RecordedUnit {
  readonly hash: string;
  readonly name: string;
  /** How many mutants there are in it; what is neither noticed nor a survivor nor ignored has not been tried. */
  readonly mutants: number;
  /** Ids of the checks by rank of the mutant. */
  readonly noticed: Map<number, Set<string>>;
  readonly survivors: Map<number, Survivor>;
  readonly ignored: Set<number>;
}

export interface Survivor {
  readonly mutator: string;
  readonly was: string;
  readonly became: string;
  /** False when no check runs the code at all. */
  readonly reached: boolean;
}

export interface RecordedDefect {
  readonly id: string;
  /** Changes with its edits and with the code that they stand in. */
  readonly fingerprint: string;
  /** Ids of the checks that noticed it; empty: unnoticed. */
  readonly noticedBy: readonly string[];
}

export function emptyRecord(module: string, mutators: string): ProofRecord {
  return { module, mutators, checks: new Map(), units: new Map(), defects: new Map() };
}

export interface ProofFigures {
  readonly mutants: number;
  readonly noticed: number;
  readonly survived: number;
  readonly unreached: number;
  readonly ignored: number;
  readonly untried: number;
  readonly values: number;
  readonly valuesNoticed: number;
  readonly valuesMeaningless: number;
  readonly defects: number;
  readonly defectsNoticed: number;
}

/** Counts; `units` limits them to code that stands as it was proven. */
export function figuresOf(record: ProofRecord, units: Iterable<RecordedUnit> = record.units.values()): ProofFigures {
  const all = [...units];
  const sum = (of: (unit: RecordedUnit) => number): number => all.reduce((total, unit) => total + of(unit), 0);
  const survivors = all.flatMap((unit) => [...unit.survivors.values()]);
  const values = [...record.checks.values()].flatMap((check) => check.values ?? []);
  const [mutants, noticed, ignored] = [sum((u) => u.mutants), sum((u) => u.noticed.size), sum((u) => u.ignored.size)];
  const valuesNoticed = values.reduce((total, one) => total + one.noticed, 0);
  const defects = [...record.defects.values()];
  return {
    mutants,
    noticed,
    ignored,
    survived: survivors.filter(({ reached }) => reached).length,
    unreached: survivors.filter(({ reached }) => !reached).length,
    untried: mutants - noticed - ignored - survivors.length,
    values: valuesNoticed + values.reduce((total, one) => total + one.unnoticed.length, 0),
    valuesNoticed,
    valuesMeaningless: values.reduce((total, one) => total + one.meaningless, 0),
    defects: defects.length,
    defectsNoticed: defects.filter(({ noticedBy }) => noticedBy.length > 0).length,
  };
}

/** Writes down that a check noticed a mutant; from then on it has had its turn. */
export function noteNoticed(
  record: ProofRecord,
  mutant: { readonly unit: { readonly hash: string }; readonly rank: number },
  check: string,
): void {
  const unit = record.units.get(mutant.unit.hash);
  if (unit === undefined) throw new Error(`The record has no unit ${mutant.unit.hash}.`);
  unit.noticed.set(mutant.rank, (unit.noticed.get(mutant.rank) ?? new Set()).add(check));
  unit.survivors.delete(mutant.rank);
  delete record.checks.get(check)?.pending;
}

/** Identities of the mutants that each check noticed, by its title, which lasts longer than its meaning. */
export function noticedByTitle(record: ProofRecord): Map<string, string[]> {
  const noticed = new Map<string, string[]>();
  for (const { hash, noticed: byRank } of record.units.values()) {
    for (const [rank, ids] of byRank) {
      for (const id of ids) {
        const title = record.checks.get(id)?.title ?? '';
        noticed.set(title, [...(noticed.get(title) ?? []), `${hash}/${rank}`]);
      }
    }
  }
  return noticed;
}

export interface Catches {
  readonly code: number;
  readonly values: number;
  readonly defects: number;
}

/** What each check noticed, by its id; `standing` says whether a unit is still there as it was. */
export function catchesOf(record: ProofRecord, standing: (hash: string) => boolean = () => true): Map<string, Catches> {
  const code = new Map<string, number>();
  for (const unit of record.units.values()) {
    if (!standing(unit.hash)) continue;
    for (const check of [...unit.noticed.values()].flatMap((ids) => [...ids])) {
      code.set(check, (code.get(check) ?? 0) + 1);
    }
  }
  const defects = [...record.defects.values()].flatMap(({ noticedBy }) => noticedBy);
  return new Map(
    [...record.checks.values()].map(({ id, values }) => [
      id,
      {
        code: code.get(id) ?? 0,
        values: values?.noticed ?? 0,
        defects: defects.filter((check) => check === id).length,
      },
    ]),
  );
}

export const hasCaught = ({ code, values, defects }: Catches): boolean => code + values + defects > 0;
