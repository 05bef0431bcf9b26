import { V7Generator } from 'uuidv7';
import type { Clock, Id, Logger, Metrics, Random } from '../../kernel';
import { encode } from '../encoding/base32';
import type { IdError } from '../errors';
import type { IdKind } from '../kinds';
import { ClockLeadMonitor, MAX_LEAD_MS } from './clock-lead';
import { Entropy } from './entropy';

export interface IdSource {
  /** A new id, which sorts after every earlier one of this source. Throws `id_entropy_failed`. */
  next<K extends IdKind>(kind: K): Id<K>;
  /** Milliseconds by which the last id is ahead of the clock. */
  readonly leadMs: number;
  /** Whether this instance is fit to serve: its ids are random enough and near enough to the clock. */
  check(): { readonly ok: true } | { readonly ok: false; readonly cause: string };
}

export interface IdSourceDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** A source of ids with a state of its own: two sources share nothing, not even in one process. */
export function createIdSource(deps: IdSourceDeps): IdSource {
  return new Source(deps);
}

/** The generator gives up its order after a clock set back by more than this; ids never do. */
const ANY_ROLLBACK = 2 ** 48 - 1;

class Source implements IdSource {
  readonly #clock: Clock;
  readonly #entropy: Entropy;
  readonly #generator: V7Generator;
  readonly #lead: ClockLeadMonitor;
  #lastMs = 0;

  constructor({ clock, random, logger, metrics }: IdSourceDeps) {
    this.#clock = clock;
    this.#entropy = new Entropy(random);
    this.#generator = new V7Generator(this.#entropy);
    this.#generator.setRollbackAllowance(ANY_ROLLBACK);
    this.#lead = new ClockLeadMonitor(logger, metrics);
  }

  next<K extends IdKind>(kind: K): Id<K> {
    const now = this.#clock.now();
    this.#entropy.prepare(now);
    const { bytes } = this.#generator.generateOrResetWithTs(now);
    const [a, b, c, d] = [word(bytes, 0), word(bytes, 4), word(bytes, 8), word(bytes, 12)] as const;
    this.#lastMs = (a >>> 0) * 0x10000 + (b >>> 16);
    this.#lead.record(this.#lastMs - now);
    return `${kind}_${encode(a, b, c, d)}` as Id<K>;
  }

  get leadMs(): number {
    return Math.max(0, this.#lastMs - this.#clock.now());
  }

  check(): { readonly ok: true } | { readonly ok: false; readonly cause: string } {
    const minutes = this.leadMs / 60_000;
    if (this.leadMs > MAX_LEAD_MS) {
      return { ok: false, cause: `ids run ${Math.ceil(minutes)} minutes ahead of the clock; at most 10 are allowed` };
    }
    try {
      this.#entropy.refill();
      return { ok: true };
    } catch (error) {
      return { ok: false, cause: (error as IdError).message };
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
