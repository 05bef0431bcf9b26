import type { Random } from '../../kernel';
import { IdError } from '../errors';

const FETCH_BYTES = 512;
const BLOCK_BYTES = 64;
/** The most one id takes: two words to seed its counter, one of its own. */
const WORDS_PER_ID = 3;

/**
 * Random words for ids, fetched in advance but never kept beyond the millisecond they were fetched in: a saved image of
 * the process that is resumed twice must not give the same ids twice. Each fetch is compared with the one before; the
 * first of all is used for that alone, so that a source that repeats itself gives not a single id.
 */
export class Entropy {
  #words: DataView = new DataView(new ArrayBuffer(0));
  #position = 0;
  #fetchedAtMs = Number.NaN;
  #lastBlocks: ReadonlySet<string> = new Set();

  constructor(private readonly random: Random) {}

  /** Makes sure that the words of the next id are there and were fetched in this millisecond. Throws `id_entropy_failed`. */
  prepare(nowMs: number): void {
    if (nowMs === this.#fetchedAtMs && this.#words.byteLength - this.#position >= 4 * WORDS_PER_ID) return;
    this.refill();
    this.#fetchedAtMs = nowMs;
  }

  nextUint32(): number {
    const word = this.#words.getUint32(this.#position);
    this.#position += 4;
    return word;
  }

  /** Fetches new words from the source. Throws `id_entropy_failed`; no word is kept then. */
  refill(): void {
    this.#fetchedAtMs = Number.NaN;
    if (this.#lastBlocks.size === 0) this.#fetch();
    const bytes = this.#fetch();
    this.#words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#position = 0;
  }

  #fetch(): Uint8Array {
    const bytes = this.#read();
    if (bytes.length !== FETCH_BYTES) throw weak('returned too few bytes');
    const blocks = new Set<string>();
    for (let at = 0; at < FETCH_BYTES; at += BLOCK_BYTES) {
      const block = Buffer.from(bytes.buffer, bytes.byteOffset + at, BLOCK_BYTES).toString('latin1');
      if (blocks.has(block) || this.#lastBlocks.has(block)) throw weak('repeated itself');
      blocks.add(block);
    }
    this.#lastBlocks = blocks;
    return bytes;
  }

  #read(): Uint8Array {
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
    message: `The random source of this machine ${what}, so no ids are given. Send customers to another instance.`,
    retryable: true,
    cause,
  });
}
