import { V7Generator } from 'uuidv7';
import type { Clock, Id, Logger, Metrics, Random, RunId, ThreadId } from '../kernel';
import { encode } from './base32';
import { Entropy } from './entropy';
import type { IdError } from './errors';
import type { IdKind, RequestId } from './kinds';
import { LeadWatch, READY_UP_TO_MS } from './lead-watch';

/** The names of what belongs together, handed on from a request to everything it causes. */
export interface Lineage {
  readonly threadId: ThreadId;
  readonly runId: RunId;
  readonly requestId: RequestId;
}

export interface IdSource {
  /** A new name, ascending within this source. Throws `id_entropy_failed`. */
  next<K extends IdKind>(kind: K): Id<K>;
  /** What is missing is new; the request always is. */
  lineage(from?: { readonly threadId: ThreadId; readonly runId?: RunId }): Lineage;
  /** Milliseconds by which the last name is ahead of the clock. */
  readonly leadMs: number;
  /** Whether customers may come to this instance: its names are random enough and near enough to the clock. */
  check(): { readonly ok: true } | { readonly ok: false; readonly cause: string };
}

export interface IdSourceParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** A source of names with a state of its own: two sources share nothing, not even in one process. */
export function createIdSource(parts: IdSourceParts): IdSource {
  return new Source(parts);
}

/** The generator starts its order anew after a clock set back by more than this; names never do. */
const ANY_ROLLBACK = 2 ** 48 - 1;

class Source implements IdSource {
  readonly #clock: Clock;
  readonly #entropy: Entropy;
  readonly #generator: V7Generator;
  readonly #watch: LeadWatch;
  #lastMs = 0;

  constructor({ clock, random, log, metrics }: IdSourceParts) {
    this.#clock = clock;
    this.#entropy = new Entropy(random);
    this.#generator = new V7Generator(this.#entropy);
    this.#generator.setRollbackAllowance(ANY_ROLLBACK);
    this.#watch = new LeadWatch(log, metrics);
  }

  next<K extends IdKind>(kind: K): Id<K> {
    const now = this.#clock.now();
    this.#entropy.prepare(now);
    const { bytes } = this.#generator.generateOrResetWithTs(now);
    const [a, b, c, d] = [word(bytes, 0), word(bytes, 4), word(bytes, 8), word(bytes, 12)] as const;
    this.#lastMs = (a >>> 0) * 0x10000 + (b >>> 16);
    this.#watch.see(this.#lastMs - now);
    return `${kind}_${encode(a, b, c, d)}` as Id<K>;
  }

  lineage(from?: { readonly threadId: ThreadId; readonly runId?: RunId }): Lineage {
    return {
      threadId: from?.threadId ?? this.next('thread'),
      runId: from?.runId ?? this.next('run'),
      requestId: this.next('req'),
    };
  }

  get leadMs(): number {
    return Math.max(0, this.#lastMs - this.#clock.now());
  }

  check(): { readonly ok: true } | { readonly ok: false; readonly cause: string } {
    const minutes = this.leadMs / 60_000;
    if (this.leadMs > READY_UP_TO_MS) {
      return { ok: false, cause: `names run ${Math.ceil(minutes)} minutes ahead of the clock; at most 10 are allowed` };
    }
    try {
      this.#entropy.refill();
      return { ok: true };
    } catch (refusal) {
      return { ok: false, cause: (refusal as IdError).message };
    }
  }
}

function word(bytes: Readonly<Uint8Array>, at: number): number {
  return (
    ((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  );
}
