import type { SystemMutant } from '../instrument/instrument';
import { emptyRecord, type ProofRecord, type RecordedUnit } from './record';

/** A check as it stands now. */
export interface CheckNow {
  readonly id: string;
  readonly kind: 'scenario' | 'test';
  readonly title: string;
}

export interface CarriedOver {
  /** Holds all that is there now, and of the earlier record what is still true of it. */
  readonly record: ProofRecord;
  /** Checks that the record did not know in this meaning: what survived the others has to meet them. */
  readonly newChecks: ReadonlySet<string>;
}

/**
 * What an earlier record still says about the code and the checks of now. A noticed mutant stays noticed as long as the
 * meaning of its unit and of a check that noticed it are the same; a survivor, as long as its unit is.
 */
export function carryOver(
  earlier: ProofRecord | null,
  now: { readonly module: string; readonly mutators: string },
  mutants: readonly SystemMutant[],
  checks: readonly CheckNow[],
): CarriedOver {
  const record = emptyRecord(now.module, now.mutators);
  const known = earlier?.mutators === now.mutators ? earlier : null;
  const newChecks = new Set<string>();
  for (const { id, kind, title } of checks) {
    const before = known?.checks.get(id);
    if (before === undefined) newChecks.add(id);
    const pending = before === undefined || before.pending === true;
    record.checks.set(id, {
      id,
      kind,
      title,
      ...(before?.values && { values: before.values }),
      ...(pending && { pending }),
    });
  }
  for (const [hash, of] of Map.groupBy(mutants, ({ unit }) => unit.hash)) {
    record.units.set(hash, unitNow(known?.units.get(hash), of, record));
  }
  for (const defect of known?.defects.values() ?? []) {
    const noticedBy = defect.noticedBy.filter((check) => record.checks.has(check));
    // One that nobody noticed meets new checks; one whose checks are gone is tried anew.
    const isOpen = noticedBy.length === 0 && (newChecks.size > 0 || defect.noticedBy.length > 0);
    if (!isOpen) record.defects.set(defect.id, { ...defect, noticedBy });
  }
  return { record, newChecks };
}

function unitNow(
  before: RecordedUnit | undefined,
  mutants: readonly SystemMutant[],
  { checks }: ProofRecord,
): RecordedUnit {
  const [first] = mutants;
  if (first === undefined) throw new Error('A unit without mutants has nothing to record.');
  const { hash, name } = first.unit;
  const unit: RecordedUnit = {
    hash,
    name,
    mutants: mutants.length,
    noticed: new Map(),
    survivors: new Map(),
    ignored: new Set(),
  };
  for (const { rank, ignored } of mutants) {
    if (ignored !== undefined || before?.ignored.has(rank)) unit.ignored.add(rank);
    const noticedBy = [...(before?.noticed.get(rank) ?? [])].filter((check) => checks.has(check));
    const survivor = before?.survivors.get(rank);
    if (noticedBy.length > 0) unit.noticed.set(rank, new Set(noticedBy));
    else if (survivor) unit.survivors.set(rank, survivor);
  }
  return unit;
}
