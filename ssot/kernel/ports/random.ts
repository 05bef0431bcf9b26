import { randomBytes } from 'node:crypto';

/** Unpredictable bytes, injected. Implementations throw rather than give weaker ones. */
export interface Random {
  bytes(length: number): Uint8Array;
}

/** The operating system's cryptographic source. */
export const systemRandom: Random = { bytes: (length) => randomBytes(length) };

/** A number in [0, 1) with 32 bits of resolution, for jitter. */
export function fraction(random: Random): number {
  const bytes = random.bytes(4);
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0) / 2 ** 32;
}
