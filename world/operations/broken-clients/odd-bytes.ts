import fc, { type Arbitrary } from 'fast-check';

/** What one broken client does on its connection, one move after the other. */
export type Move =
  | { readonly do: 'send'; readonly bytes: Buffer }
  | { readonly do: 'wait'; readonly ms: number }
  /** Waits until something is answered, or no longer. */
  | { readonly do: 'hear' }
  /** Reads nothing from here on. */
  | { readonly do: 'deafen' };

export const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

export const send = (bytes: Buffer | string): Move => ({
  do: 'send',
  bytes: typeof bytes === 'string' ? latin1(bytes) : bytes,
});

/** Bytes of any value. */
export const noise = (most: number): Arbitrary<Buffer> =>
  fc.uint8Array({ minLength: 1, maxLength: most, size: 'max' }).map((bytes) => Buffer.from(bytes));

/** One of several, each as often as the others. */
export const oneOf = <T>(...values: readonly T[]): Arbitrary<T> => fc.constantFrom(...values);

export const pauseOf = (mostMs: number): Arbitrary<Move> =>
  fc.integer({ min: 0, max: mostMs }).map((ms) => ({ do: 'wait' as const, ms }));

/** The same bytes in up to four packets, or all at once. */
export function inPackets(bytes: Buffer): Arbitrary<Move[]> {
  const whole = [send(bytes)];
  const torn = fc
    .tuple(fc.array(fc.integer({ min: 1, max: Math.max(1, bytes.length - 1) }), { maxLength: 3 }), pauseOf(3))
    .map(([cuts, pause]) => {
      const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      return at.slice(1).flatMap((end, place) => [send(bytes.subarray(at[place], end)), pause]);
    });
  return fc.oneof({ weight: 3, arbitrary: fc.constant(whole) }, { weight: 1, arbitrary: torn });
}
