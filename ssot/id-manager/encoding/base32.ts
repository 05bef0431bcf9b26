/** 128 bits as 26 characters, as the TypeID specification writes them: no i, l, o or u, and sorted as the bits are. */
export const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Four 32-bit words, the most significant first; read with `>>>`, so their sign does not matter. */
export type Bits128 = readonly [number, number, number, number];

/** Two characters at a time; the text is assembled in one reused buffer, which costs half of joining strings. */
const pairs = Uint16Array.from({ length: 1024 }, (_, bits) => code(bits >>> 5) | (code(bits & 31) << 8));
const text = new Uint16Array(13);
const bytes = Buffer.from(text.buffer);

const values = new Uint8Array(128);
[...ALPHABET].forEach((character, value) => (values[character.charCodeAt(0)] = value));

function code(value: number): number {
  return ALPHABET.charCodeAt(value);
}

function pair(bits: number): number {
  return pairs[bits & 1023] as number;
}

/** 128 bits as four 32-bit words, most significant first, to 26 characters. */
export function encode(a: number, b: number, c: number, d: number): string {
  text[0] = pair(a >>> 24);
  text[1] = pair(a >>> 14);
  text[2] = pair(a >>> 4);
  text[3] = pair((a << 6) | (b >>> 26));
  text[4] = pair(b >>> 16);
  text[5] = pair(b >>> 6);
  text[6] = pair((b << 4) | (c >>> 28));
  text[7] = pair(c >>> 18);
  text[8] = pair(c >>> 8);
  text[9] = pair((c << 2) | (d >>> 30));
  text[10] = pair(d >>> 20);
  text[11] = pair(d >>> 10);
  text[12] = pair(d);
  return bytes.toString('latin1', 0, 26);
}

/** The exact inverse of `encode`. `suffix` has been validated: 26 characters of `ALPHABET`, the first of them 0 to 7. */
export function decode(suffix: string): Bits128 {
  const at = (position: number): number => values[suffix.charCodeAt(position)] as number;
  const ten = (position: number): number => (at(position) << 5) | at(position + 1);
  const [t0, t1, t2, t3, t4, t5, t6] = [ten(0), ten(2), ten(4), ten(6), ten(8), ten(10), ten(12)] as const;
  const [t7, t8, t9, t10, t11, t12] = [ten(14), ten(16), ten(18), ten(20), ten(22), ten(24)] as const;
  return [
    (t0 << 24) | (t1 << 14) | (t2 << 4) | (t3 >>> 6),
    (t3 << 26) | (t4 << 16) | (t5 << 6) | (t6 >>> 4),
    (t6 << 28) | (t7 << 18) | (t8 << 8) | (t9 >>> 2),
    (t9 << 30) | (t10 << 20) | (t11 << 10) | t12,
  ];
}
