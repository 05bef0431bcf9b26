import type { Bits128 } from './base32';

/** RFC 9562 text with hyphens, versions 1 to 8: what a migration converts. Nil and max have no version and do not match. */
export const PROPER_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** The nil and the max UUID, which identify no record. */
export const RESERVED_UUID = /^(0{8}(-0{4}){3}-0{12}|f{8}(-f{4}){3}-f{12})$/i;

/** Every common spelling of a UUID: hyphenated, braced, as a URN, without hyphens. */
export const ANY_UUID =
  /^(urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32})$/i;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The 128 bits of a UUID. `uuid` matches `PROPER_UUID`. */
export function bitsOf(uuid: string): Bits128 {
  const word = (hex: string): number => Number(`0x${hex}`);
  return [
    word(uuid.slice(0, 8)),
    word(uuid.slice(9, 13) + uuid.slice(14, 18)),
    word(uuid.slice(19, 23) + uuid.slice(24, 28)),
    word(uuid.slice(28, 36)),
  ];
}

/** 128 bits as a UUID in lower case with hyphens. */
export function uuidText([a, b, c, d]: Bits128): string {
  return `${two(a >>> 16)}${two(a)}-${two(b >>> 16)}-${two(b)}-${two(c >>> 16)}-${two(c)}${two(d >>> 16)}${two(d)}`;
}

/** The lower 16 bits as four hexadecimal digits. */
function two(bits: number): string {
  return (HEX[(bits >>> 8) & 255] as string) + (HEX[bits & 255] as string);
}
