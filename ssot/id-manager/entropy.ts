import type { Random } from '../kernel';
import { IdError } from './errors';

const FETCH_BYTES = 512;
const BLOCK_BYTES = 64;
/** The most one name takes: two words to start its counter, one of its own. */
const WORDS_FOR_A_NAME = 3;

/**
 * Random words for names, fetched in advance but never kept beyond the moment they were fetched in: a saved image of
 * the process that wakes twice must not give the same names twice. Each fetch is held against the one before; the
 * first of all is used for that alone, so that a source that repeats itself gives not a single name.
 */
export class Entropy {
  #words: DataView = new DataView(new ArrayBuffer(0));
  #position = 0;
  #moment = Number.NaN;
  #lastBlocks: ReadonlySet<string> = new Set();

  constructor(private readonly random: Random) {}

  /** Makes sure that the next name's words are there and were fetched at this moment. Throws `id_entropy_failed`. */
  prepare(moment: number): void {
    if (moment === this.#moment && this.#words.byteLength - this.#position >= 4 * WORDS_FOR_A_NAME) return;
    this.refill();
    this.#moment = moment;
  }

  nextUint32(): number {
    const word = this.#words.getUint32(this.#position);
    this.#position += 4;
    return word;
  }

  /** Asks the source for new words. Throws `id_entropy_failed` and keeps none. */
  refill(): void {
    this.#moment = Number.NaN;
    if (this.#lastBlocks.size === 0) this.#fetch();
    const bytes = this.#fetch();
    this.#words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#position = 0;
  }

  #fetch(): Uint8Array {
    const bytes = this.#ask();
    if (bytes.length !== FETCH_BYTES) throw weak('gave less than it was asked for');
    const blocks = new Set<string>();
    for (let at = 0; at < FETCH_BYTES; at += BLOCK_BYTES) {
      const block = Buffer.from(bytes.buffer, bytes.byteOffset + at, BLOCK_BYTES).toString('latin1');
      if (blocks.has(block) || this.#lastBlocks.has(block)) throw weak('repeated itself');
      blocks.add(block);
    }
    this.#lastBlocks = blocks;
    return bytes;
  }

  #ask(): Uint8Array {
    try {
      return this.random.bytes(FETCH_BYTES);
    } catch (cause) {
      throw weak('failed', cause);
    }
  }
}

function weak(what: string, cause?: unknown): IdError {
  return new IdError({
    code: 'id_entropy_failed',
    message: `The machine's random source ${what}. No names are given on weak randomness; send customers to another instance.`,
    retryable: true,
    cause,
  });
}
