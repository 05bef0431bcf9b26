import type { Check } from '../checks/check';
import type { SystemMutant } from '../instrument/instrument';
import { Progress } from '../progress';
import { catchesOf, type ProofRecord, type RecordedUnit } from '../record/record';
import { inParallel } from './in-parallel';
import { measure } from './measure';
import type { Reach } from './reach';
import type { Slot } from './slot';
import { MutantTrial, type Unsteady } from './try-mutant';

export interface ProofParts {
  readonly mutants: readonly SystemMutant[];
  readonly checks: readonly Check[];
  /** Changed as results come in. */
  readonly record: ProofRecord;
  readonly newChecks: ReadonlySet<string>;
  readonly reach: Reach;
  readonly unsteady: Unsteady;
  /** Aborted with a `StopReason`. */
  readonly signal: AbortSignal;
  /** Which files' mutants are tried. */
  readonly isWanted: (file: string) => boolean;
  /** Told after each result. */
  readonly changed: () => void;
}

/** A check that has noticed nothing is asked about this many mutants that others noticed. */
const TURNS = 60;
/** And first about so many that nobody noticed. */
const SURVIVORS_FIRST = 8;
const TURN_MS = 60_000;

/** Brings the record of a module up to what its code and checks are now: tries what has not been tried. */
export class Proof {
  readonly #trial: MutantTrial;
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
  }

  /** Mutants that have no result yet. */
  untried(): SystemMutant[] {
    const { record, mutants, isWanted } = this.parts;
    return mutants.filter(({ file, unit, rank }) => {
      const known = record.units.get(unit.hash);
      return isWanted(file) && !known?.ignored.has(rank) && !known?.noticed.has(rank) && !known?.survivors.has(rank);
    });
  }

  /** Checks that have noticed nothing, and have not been asked about what others noticed. */
  idle(): Check[] {
    const { record, checks, reach } = this.parts;
    return checks.filter(({ id }) => record.checks.get(id)?.pending && reach.measured.has(id));
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
      if (verdict.kind === 'noticed') this.#note(unit, mutant, verdict.by);
      else if (verdict.kind === 'unloadable') unit.ignored.add(mutant.rank);
      else if (isLast) unit.survivors.set(mutant.rank, survivor(mutant, this.#trial.isReached(mutant, steady)));
      progress.add(verdict.kind === 'unnoticed');
      this.parts.changed();
    });
  }

  /** Every check that has noticed nothing gets its turn at mutants that others noticed, until it notices one. */
  async giveTurns(slots: readonly Slot[]): Promise<void> {
    const { record, signal } = this.parts;
    const idle = this.idle();
    if (idle.length === 0) return;
    const progress = new Progress('checks that noticed nothing so far', idle.length);
    await inParallel(slots, idle, signal, async (slot, check) => {
      let noticed = false;
      const until = performance.now() + TURN_MS;
      for (const mutant of this.#turnsOf(check)) {
        if (signal.aborted) return;
        if (performance.now() > until) break;
        noticed = (await this.#trial.notices(slot, mutant, check)) !== null;
        if (signal.reason === 'interrupted') return;
        if (noticed) this.#note(this.#unitOf(mutant), mutant, check);
        if (noticed) break;
      }
      delete record.checks.get(check.id)?.pending;
      progress.add(!noticed);
      this.parts.changed();
    });
  }

  /**
   * First some that nobody has noticed, then those that few other checks reach, and one of each unit before the second of
   * any.
   */
  #turnsOf(check: Check): SystemMutant[] {
    const { mutants, reach, checks, record } = this.parts;
    const rounds = new Map<string, number>();
    const reached = mutants
      .filter(({ identity }) => reach.hits(check.id, identity) > 0)
      .filter(({ unit, rank }) => !record.units.get(unit.hash)?.ignored.has(rank))
      .map((mutant) => {
        const round = rounds.get(mutant.unit.hash) ?? 0;
        rounds.set(mutant.unit.hash, round + 1);
        const isSurvivor = record.units.get(mutant.unit.hash)?.survivors.has(mutant.rank) ?? false;
        return { mutant, round, isSurvivor, others: reach.checksReaching(mutant.identity, checks).length };
      })
      .sort((a, b) => a.round - b.round || a.others - b.others);
    const survivors = reached.filter(({ isSurvivor }) => isSurvivor).slice(0, SURVIVORS_FIRST);
    return [...new Set([...survivors, ...reached])].slice(0, TURNS).map(({ mutant }) => mutant);
  }

  #note(unit: RecordedUnit, { rank }: SystemMutant, check: Check): void {
    unit.noticed.set(rank, (unit.noticed.get(rank) ?? new Set()).add(check.id));
    unit.survivors.delete(rank);
    delete this.parts.record.checks.get(check.id)?.pending;
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
