import fc, { type Arbitrary } from 'fast-check';
import { inPackets, pauseOf, type Move } from './odd-bytes';
import {
  halfRequest,
  oddBody,
  oddHeaders,
  oddHost,
  oddLine,
  oddMethod,
  oddTarget,
  pipeline,
  unreadPipeline,
  type Credentials,
} from './odd-requests';
import { oddFrames, oddUpgrade } from './odd-upgrades';

/** `reset`: torn off; `close`: said goodbye and waited; `hold`: left open, for the other side to end. */
export type Ending = 'reset' | 'close' | 'hold';

/** One broken client: what it sends, what it waits for, and how it leaves. */
export interface OddConnection {
  /** Its place in the seed, from 1: with the seed it names this connection for ever. */
  readonly place: number;
  readonly kind: OddKind;
  readonly moves: readonly Move[];
  readonly ending: Ending;
}

/** How often each comes among a hundred or so. */
const WEIGHTS = {
  'odd target': 14,
  'odd method': 8,
  'odd request line': 8,
  'odd headers': 14,
  'odd host': 4,
  'odd body': 10,
  'odd upgrade': 18,
  'odd frames': 14,
  'half request': 6,
  'unread pipeline': 3,
  pipeline: 4,
  'nothing at all': 2,
} as const;
export type OddKind = keyof typeof WEIGHTS;
export const ODD_KINDS = Object.keys(WEIGHTS) as OddKind[];

/** Of a hundred that could be left open, so many are. */
const HELD = 4;

/**
 * Broken clients without end, the same for the same seed: `at(n)` is one of them and needs none of the others.
 * Pure: nothing is sent here.
 */
export class OddConnections {
  readonly #any: Arbitrary<Omit<OddConnection, 'place'>>;

  constructor(
    readonly seed: number,
    who: Credentials,
  ) {
    const kinds = movesOfKinds(who);
    this.#any = fc.oneof(
      ...ODD_KINDS.map((kind) => ({
        weight: WEIGHTS[kind],
        arbitrary: fc
          .tuple(kinds[kind], lingering, endingOf(kind))
          .map(([moves, linger, ending]) => ({ kind, moves: [...moves, ...linger], ending })),
      })),
    );
  }

  at(place: number): OddConnection {
    const [made] = fc.sample(this.#any, { seed: mixed(this.seed, place), numRuns: 1 });
    return { place, ...(made as Omit<OddConnection, 'place'>) };
  }
}

function movesOfKinds(who: Credentials): Record<OddKind, Arbitrary<Move[]>> {
  const packets = (bytes: Arbitrary<Buffer>): Arbitrary<Move[]> => bytes.chain(inPackets);
  const upgrade = oddUpgrade(who);
  const any = fc.oneof(oddTarget, oddMethod, oddHost, oddHeaders(who), oddBody(who), upgrade);
  return {
    'odd target': packets(oddTarget),
    'odd method': packets(oddMethod),
    'odd request line': packets(oddLine),
    'odd headers': packets(oddHeaders(who)),
    'odd host': packets(oddHost),
    'odd body': packets(oddBody(who)),
    'odd upgrade': packets(upgrade),
    'odd frames': oddFrames(who),
    'half request': halfRequest(any),
    'unread pipeline': unreadPipeline,
    pipeline: packets(pipeline(any)),
    'nothing at all': fc.constant([]),
  };
}

/** From what was sent to the leaving: at once, a moment later, or after the first of the answer. */
const lingering: Arbitrary<Move[]> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Move[]>([]) },
  { weight: 2, arbitrary: pauseOf(5).map((pause) => [pause]) },
  { weight: 3, arbitrary: fc.constant<Move[]>([{ do: 'hear' }]) },
);

function endingOf(kind: OddKind): Arbitrary<Ending> {
  // Who does not read does not notice that the other side has left.
  const held = kind === 'unread pipeline' || kind === 'odd frames' ? 0 : HELD;
  return fc.oneof(
    { weight: 60, arbitrary: fc.constant('reset' as const) },
    { weight: 40 - held, arbitrary: fc.constant('close' as const) },
    { weight: held, arbitrary: fc.constant('hold' as const) },
  );
}

/** Neighbouring places must not be alike: the finaliser of MurmurHash3. */
function mixed(seed: number, place: number): number {
  let bits = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ place;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
