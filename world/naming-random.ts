import { systemRandom, type Random } from '../ssot/kernel';

/** The ways in which a random source goes bad, each as it answers. */
export const RANDOM_TROUBLES = {
  'its random source fails': () => {
    throw new Error('no entropy available');
  },
  'its random source gives 1 byte too little': (length: number) => systemRandom.bytes(length - 1),
  'its random source repeats itself': (length: number) => new Uint8Array(length).map((_, i) => i / 2),
  'its random source repeats 64 bytes in two answers': (length: number) => {
    const answer = systemRandom.bytes(length);
    answer.set(new Uint8Array(64).fill(7), 128);
    return answer;
  },
  'its random source repeats 64 bytes in one answer': (length: number) => {
    const answer = systemRandom.bytes(length);
    answer.copyWithin(length - 64, 0, 64);
    return answer;
  },
} as const satisfies Record<string, (length: number) => Uint8Array>;
export type RandomTrouble = keyof typeof RANDOM_TROUBLES;

/** The machine's random source, which a scenario can break and mend. */
export class BreakableRandom implements Random {
  trouble: RandomTrouble | null = null;
  asked = 0;

  bytes(length: number): Uint8Array {
    this.asked += 1;
    return this.trouble === null ? systemRandom.bytes(length) : RANDOM_TROUBLES[this.trouble](length);
  }
}

/** One tape of random bytes that two copies of a machine have both read, up to the moment they were woken apart. */
export class SavedTape {
  readonly #recorded: Uint8Array[] = [];
  awake = false;

  copy(): Random {
    let read = 0;
    return {
      bytes: (length) => {
        if (this.awake) return systemRandom.bytes(length);
        const answer = (this.#recorded[read] ??= systemRandom.bytes(length));
        read += 1;
        return Uint8Array.from(answer);
      },
    };
  }
}
