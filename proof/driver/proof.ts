import type { Check } from '../checks/check';
import type { SystemMutant } from '../instrument/instrument';
import { Progress } from '../progress';
import { catchesOf, noteNoticed, type ProofRecord, type RecordedUnit } from '../record/record';
import { inParallel } from './in-parallel';
import { measure } from './measure';
import type { Reach } from './reach';
import type { Slot } from './slot';
import { MutantTrial, type Unsteady } from './try-mutant';
import { Turns } from './turns';

export interface ProofParts {
  readonly mutants: readonly SystemMutant[];
  readonly checks: readonly Check[];
  /** Changed as results come in. */
  readonly record: ProofRecord;
  readonly newChecks: ReadonlySet<string>;
  readonly reach: Reach;
  /** Scenarios that have noticed something according to the records of other modules. */
  readonly shownElsewhere: ReadonlySet<string>;
  /** What a check of the same title noticed before the check or the code changed: identities of mutants. */
  readonly noticedBefore: ReadonlyMap<string, readonly string[]>;
  readonly unsteady: Unsteady;
  /** Aborted with a `StopReason`. */
  readonly signal: AbortSignal;
  /** Which mutants are tried. */
  readonly isWanted: (mutant: SystemMutant) => boolean;
  /** Told after each result. */
  readonly changed: () => void;
}

/** Brings the record of a module up to what its code and checks are now: tries what has not been tried. */
export class Proof {
  readonly #trial: MutantTrial;
  readonly #turns: Turns;
  /** Checks that what is untried has met already, in vain. */
  readonly #asked = new Set<string>();
  /** Mutants that survived before this run. */
  readonly #survivedEarlier: Set<string>;

  constructor(private readonly parts: ProofParts) {
    const units = [...parts.record.units.values()];
    this.#survivedEarlier = new Set(
      units.flatMap(({ hash, survivors }) => [...survivors.keys()].map((rank) => `${hash}/${rank}`)),
    );
    this.#trial = new MutantTrial(parts.reach, parts.mutants, parts.unsteady);
    this.#turns = new Turns(parts, this.#trial);
  }

  /** Mutants that have no result yet. */
  untried(): SystemMutant[] {
    const { record, mutants, isWanted } = this.parts;
    return mutants.filter((mutant) => {
      const { unit, rank } = mutant;
      const known = record.units.get(unit.hash);
      return isWanted(mutant) && !known?.ignored.has(rank) && !known?.noticed.has(rank) && !known?.survivors.has(rank);
    });
  }

  /** Module tests that have noticed nothing, and have not had a turn of their own. */
  idleTests(): Check[] {
    const { record, checks } = this.parts;
    return checks.filter(({ id, kind }) => kind === 'test' && record.checks.get(id)?.pending);
  }

  /**
   * Scenarios that have noticed nothing in the code, those first that have shown nothing of any other module either, and the
   * quickest first, so that a proof that is stopped knows of as many as possible.
   *
   * @param again those too that had a turn in vain
   */
  silentScenarios(again: boolean): Check[] {
    const { record, checks, reach, shownElsewhere, noticedBefore } = this.parts;
    const catches = catchesOf(record);
    const isPending = (id: string): boolean => record.checks.get(id)?.pending === true;
    const last = ({ id, title }: Check): number =>
      (shownElsewhere.has(id) ? 4 : 0) + (isPending(id) ? 0 : 2) + (noticedBefore.has(title) ? 0 : 1);
    return checks
      .filter(({ id, kind }) => kind === 'scenario' && catches.get(id)?.code === 0 && (again || isPending(id)))
      .toSorted((a, b) => last(a) - last(b) || reach.msOf(a.id) - reach.msOf(b.id));
  }

  /** Each of these checks, as far as it is known what it runs, is asked alone until it notices something. */
  giveTurns(slots: readonly Slot[], checks: readonly Check[]): Promise<void> {
    return this.#turns.give(
      slots,
      checks.filter(({ id }) => this.parts.reach.measured.has(id)),
    );
  }

  /** Checks that the record did not know, and those that wait for their turn. */
  newAndIdle(): Check[] {
    const { newChecks, record, checks } = this.parts;
    return checks.filter(({ id }) => newChecks.has(id) || record.checks.get(id)?.pending);
  }

  get isUpToDate(): boolean {
    return this.newAndIdle().length === 0 && this.untried().length === 0;
  }

  /** Sees what these checks run, unless it is known. */
  async measure(slots: readonly Slot[], checks: readonly Check[]): Promise<void> {
    const { reach, mutants, unsteady, signal } = this.parts;
    const unknown = checks.filter(({ id }) => !reach.measured.has(id));
    await measure(slots, unknown, mutants, reach, unsteady, signal);
  }

  /** What survived earlier checks but is reached by a new one has to be tried again. To be called when more is measured. */
  reopenSurvivors(): void {
    const { record, mutants, checks, newChecks, reach } = this.parts;
    const fresh = checks.filter(({ id }) => newChecks.has(id));
    for (const { identity, unit, rank } of mutants) {
      if (!this.#survivedEarlier.has(identity)) continue;
      const isMet = [...reach.checksReaching(identity, fresh), ...reach.checksLoading(identity, [], fresh)].length > 0;
      if (!isMet) continue;
      this.#survivedEarlier.delete(identity);
      record.units.get(unit.hash)?.survivors.delete(rank);
    }
  }

  /** @param isLast whether all checks have been measured, so that what none of them notices is noticed by none */
  async tryMutants(slots: readonly Slot[], isLast: boolean): Promise<void> {
    const { checks, signal, reach } = this.parts;
    const untried = this.untried();
    if (untried.length === 0) return;
    const steady = checks.filter(({ id }) => reach.measured.has(id));
    const unasked = steady.filter(({ id }) => !this.#asked.has(id));
    for (const { id } of steady) this.#asked.add(id);
    const progress = new Progress('defects in the code', untried.length);
    await inParallel(slots, untried, signal, async (slot, mutant) => {
      const verdict = await this.#trial.try(slot, mutant, unasked);
      if (signal.reason === 'interrupted') return;
      const unit = this.#unitOf(mutant);
      if (verdict.kind === 'noticed') noteNoticed(this.parts.record, mutant, verdict.by.id);
      else if (verdict.kind === 'unloadable') unit.ignored.add(mutant.rank);
      else if (isLast) unit.survivors.set(mutant.rank, survivor(mutant, this.#trial.isReached(mutant, steady)));
      progress.add(verdict.kind === 'unnoticed');
      this.parts.changed();
    });
  }

  #unitOf({ unit: { hash } }: SystemMutant): RecordedUnit {
    const unit = this.parts.record.units.get(hash);
    if (unit === undefined) throw new Error(`The record has no unit ${hash}.`);
    return unit;
  }
}

function survivor({ mutator, original, replacement }: SystemMutant, reached: boolean) {
  return { mutator, was: original, became: replacement, reached };
}

/** Checks that lost every mutant they had noticed get another turn. */
export function giveTurnsToLosers(earlier: ProofRecord | null, record: ProofRecord): void {
  if (earlier === null) return;
  const before = catchesOf(earlier);
  for (const [id, { code }] of catchesOf(record)) {
    const check = record.checks.get(id);
    if (check !== undefined && code === 0 && (before.get(id)?.code ?? 0) > 0) check.pending = true;
  }
}
