import { createHash } from 'node:crypto';
import type { Chain } from './entry';

/** One link: an entry's bytes, bound to its place, its time and to all before it. */
export interface Link {
  readonly seq: number;
  readonly at: Date;
  readonly entry: string;
  readonly prevHash: Buffer;
  readonly hash: Buffer;
}

/** Where a chain begins and ends, kept in a row of its own: a chain does not notice by itself that its end was cut off. */
export interface ChainHead {
  readonly firstSeq: number;
  /** The hash that the first kept entry follows. */
  readonly firstPrevHash: Buffer;
  readonly lastSeq: number;
  readonly lastHash: Buffer;
}

export const FAULTS = {
  missing: 'This entry is missing.',
  changed: 'This entry was changed after it had been written.',
  unlinked: 'This entry does not follow the one before it: that one was replaced.',
  cut_off: 'The chain ends before this entry, which was written.',
  not_written: 'This entry was not written by the platform.',
} as const;
export type ChainFault = keyof typeof FAULTS;

export type ChainVerdict =
  | { readonly isIntact: true; readonly entries: number }
  /** `seq`: the first entry with which something is wrong. */
  | { readonly isIntact: false; readonly seq: number; readonly fault: ChainFault };

export function genesisOf(chain: Chain): Buffer {
  return createHash('sha256').update(`audit chain of ${chain}`).digest();
}

export function hashOf(chain: Chain, { seq, at, entry, prevHash }: Omit<Link, 'hash'>): Buffer {
  return createHash('sha256').update(prevHash).update(`${chain}\n${seq}\n${at.toISOString()}\n`).update(entry).digest();
}

/** Checks a chain link by link, oldest first, holding none of them. */
export class ChainCheck {
  #next: number;
  #hash: Buffer;
  #found: Extract<ChainVerdict, { isIntact: false }> | undefined;

  constructor(
    private readonly chain: Chain,
    private readonly head: ChainHead,
  ) {
    this.#next = head.firstSeq;
    this.#hash = head.firstPrevHash;
  }

  get isBroken(): boolean {
    return this.#found !== undefined;
  }

  add(link: Link): void {
    if (this.#found !== undefined) return;
    const fault = this.#faultOf(link);
    if (fault !== undefined) {
      this.#found = { isIntact: false, seq: fault === 'missing' ? this.#next : link.seq, fault };
      return;
    }
    this.#next = link.seq + 1;
    this.#hash = link.hash;
  }

  /** The verdict once every link was added. */
  end(): ChainVerdict {
    if (this.#found !== undefined) return this.#found;
    const { firstSeq, lastSeq, lastHash } = this.head;
    if (this.#next <= lastSeq) return { isIntact: false, seq: this.#next, fault: 'cut_off' };
    if (!this.#hash.equals(lastHash)) return { isIntact: false, seq: lastSeq, fault: 'changed' };
    return { isIntact: true, entries: lastSeq - firstSeq + 1 };
  }

  #faultOf(link: Link): ChainFault | undefined {
    if (link.seq < this.#next || link.seq > this.head.lastSeq) return 'not_written';
    if (link.seq > this.#next) return 'missing';
    if (!hashOf(this.chain, link).equals(link.hash)) return 'changed';
    return link.prevHash.equals(this.#hash) ? undefined : 'unlinked';
  }
}
