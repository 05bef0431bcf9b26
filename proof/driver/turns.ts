import type { Check } from '../checks/check';
import type { SystemMutant } from '../instrument/instrument';
import { Progress } from '../progress';
import { noteNoticed } from '../record/record';
import { inParallel } from './in-parallel';
import type { ProofParts } from './proof';
import type { Slot } from './slot';
import type { MutantTrial } from './try-mutant';

/** A check is asked about so many mutants at most, and as long as this, but about some in any case. */
const MAX_ATTEMPTS = 40;
const MIN_ATTEMPTS = 12;
const TURN_MS = 60_000;
/** A second turn, which is given when it is asked for, is so many times as long. */
const SECOND_TURN = 3;
/** A scenario that failed in a Given step is asked about so many more. */
const MORE_AFTER_EARLY = 2;

/** What a mutator takes away, most first: a function without a body is noticed sooner than one with another text. */
const STRONGEST_FIRST = [
  'BlockStatement',
  'ConditionalExpression',
  'EqualityOperator',
  'BooleanLiteral',
  'LogicalOperator',
  'ArrowFunction',
  'MethodExpression',
  'ArithmeticOperator',
];

/**
 * A turn for each check that has noticed nothing: it is asked alone, about mutants that few others of its kind reach, because
 * those are nearest to what it is about, until it notices one. A scenario that fails while it is set up is asked about a few more,
 * for the sake of its promise.
 */
export class Turns {
  constructor(
    private readonly parts: ProofParts,
    private readonly trial: MutantTrial,
  ) {}

  async give(slots: readonly Slot[], checks: readonly Check[]): Promise<void> {
    if (checks.length === 0) return;
    const { record, signal, changed } = this.parts;
    const progress = new Progress('checks that noticed nothing so far', checks.length);
    await inParallel(slots, checks, signal, async (slot, check) => {
      const hasNoticed = await this.#turn(slot, check);
      if (signal.aborted) return;
      delete record.checks.get(check.id)?.pending;
      progress.add(!hasNoticed);
      changed();
    });
  }

  async #turn(slot: Slot, check: Check): Promise<boolean> {
    const { record, signal } = this.parts;
    const longer = record.checks.get(check.id)?.pending ? 1 : SECOND_TURN;
    const until = performance.now() + TURN_MS * longer;
    let hasNoticed = false;
    let left = MAX_ATTEMPTS * longer;
    for (const [attempt, mutant] of this.mutantsFor(check).entries()) {
      const isTimeUp = attempt >= MIN_ATTEMPTS && performance.now() > until;
      if (left === 0 || isTimeUp || signal.aborted) break;
      left -= 1;
      const failure = await this.trial.notices(slot, mutant, check);
      if (signal.reason === 'interrupted') break;
      if (failure === null) continue;
      noteNoticed(record, mutant, check.id);
      if (!hasNoticed) left = Math.min(left, MORE_AFTER_EARLY);
      hasNoticed = true;
      if (!failure.isEarly) break;
    }
    return hasNoticed;
  }

  /**
   * The best first: what it noticed before its sentences changed; then what few others of its kind reach, strong, and not all
   * of one unit or one file.
   */
  mutantsFor(check: Check): SystemMutant[] {
    const { mutants, reach, checks, record, noticedBefore } = this.parts;
    const before = new Set(noticedBefore.get(check.title));
    const peers = checks.filter(({ kind }) => kind === check.kind);
    const inUnit = counter();
    const inFile = counter();
    return (
      mutants
        .filter(({ identity }) => reach.hits(check.id, identity) > 0)
        .filter(({ unit, rank }) => !record.units.get(unit.hash)?.ignored.has(rank))
        .toSorted((a, b) => strength(a) - strength(b))
        // Twice as many others weigh as much as the second next mutant of the same unit, or the third next of the same file:
        // what runs in the background during few scenarios is near to none of them.
        .map((mutant) => {
          const sharedBy = reach.checksReaching(mutant.identity, peers).length;
          return { mutant, distance: Math.log2(sharedBy) + inUnit(mutant.unit.hash) / 2 };
        })
        .sort((a, b) => a.distance - b.distance)
        .map(({ mutant, distance }) => ({ mutant, distance: distance + inFile(mutant.file) / 3 }))
        .sort(
          (a, b) =>
            Number(before.has(b.mutant.identity)) - Number(before.has(a.mutant.identity)) || a.distance - b.distance,
        )
        .map(({ mutant }) => mutant)
    );
  }
}

/** How often it was asked for the same name before. */
function counter(): (name: string) => number {
  const counts = new Map<string, number>();
  return (name) => {
    const before = counts.get(name) ?? 0;
    counts.set(name, before + 1);
    return before;
  };
}

function strength({ mutator }: SystemMutant): number {
  const place = STRONGEST_FIRST.indexOf(mutator);
  return place < 0 ? STRONGEST_FIRST.length : place;
}
