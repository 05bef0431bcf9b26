import { createHash } from 'node:crypto';
import type { RecordedUnit } from './record';

/** Fewer say too little of a module: 170 of 200 noticed means 79 to 89 % of all. */
export const SAMPLE_AT_LEAST = 200;
/** Of the normal distribution, for 95 %. */
const Z = 1.96;

/** What is known of the mutants that were drawn by lot: all of a module, or the first so many. */
export interface Drawn {
  /** Mutants of the module that count. */
  readonly all: number;
  /** With a result, one and all, from the first that was drawn. */
  readonly tried: number;
  readonly noticed: number;
}

/**
 * Its place in a lottery over all mutants. It hangs on the meaning of the code alone, so that nobody chooses who is drawn, the
 * same are drawn in every run, and a change replaces only what it changed.
 */
function lotOf(identity: string): string {
  return createHash('sha256').update(identity).digest('hex').slice(0, 12);
}

/** The first so many in the order in which they are drawn. */
export function firstDrawn(identities: readonly string[], count: number): ReadonlySet<string> {
  if (count >= identities.length) return new Set(identities);
  const inOrder = identities.map((identity) => ({ identity, lot: lotOf(identity) })).sort(byLot);
  return new Set(inOrder.slice(0, count).map(({ identity }) => identity));
}

/** The longest row of drawn mutants without one that has not been tried. Mutants that were tried for other reasons do not count. */
export function drawnFrom(units: Iterable<RecordedUnit>): Drawn {
  const fair = [...units]
    .flatMap(({ hash, mutants, noticed, survivors, ignored }) =>
      Array.from({ length: mutants }, (_, rank) => rank)
        .filter((rank) => !ignored.has(rank))
        .map((rank) => ({
          lot: lotOf(`${hash}/${rank}`),
          isNoticed: noticed.has(rank),
          isTried: noticed.has(rank) || survivors.has(rank),
        })),
    )
    .sort(byLot);
  const firstUntried = fair.findIndex(({ isTried }) => !isTried);
  const drawn = firstUntried < 0 ? fair : fair.slice(0, firstUntried);
  return { all: fair.length, tried: drawn.length, noticed: drawn.filter(({ isNoticed }) => isNoticed).length };
}

/** Share of the drawn mutants that were noticed, 0 to 1; 1 when there are none. */
export const shareOfDrawn = ({ tried, noticed }: Drawn): number => (tried === 0 ? 1 : noticed / tried);

/**
 * The share among all mutants of the module, from and to, 0 to 1, with 95 % certainty: Wilson's score interval; a point when all
 * were tried.
 *
 * @see https://www.itl.nist.gov/div898/handbook/prc/section2/prc241.htm
 */
export function shareAmongAll(drawn: Drawn): readonly [from: number, to: number] {
  const share = shareOfDrawn(drawn);
  const { all, tried } = drawn;
  if (tried === all || tried === 0) return tried === all ? [share, share] : [0, 1];
  const spread = Z ** 2 / tried;
  const middle = (share + spread / 2) / (1 + spread);
  const half = (Z / (1 + spread)) * Math.sqrt((share * (1 - share)) / tried + spread / (4 * tried));
  return [middle - half, middle + half];
}

interface Lot {
  readonly lot: string;
}

const byLot = (a: Lot, b: Lot): number => (a.lot < b.lot ? -1 : 1);
