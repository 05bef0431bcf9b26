/** The public standards in a second, slow and obvious implementation: what is expected is never what the module computed. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** TypeID: the UUID's 128 bits as 26 digits of base 32, most significant first. */
export function suffixOf(uuid: string): string {
  let rest = BigInt(`0x${uuid.replaceAll('-', '')}`);
  let suffix = '';
  while (suffix.length < 26) {
    suffix = `${ALPHABET[Number(rest % 32n)]}${suffix}`;
    rest /= 32n;
  }
  return suffix;
}

/** The inverse: the UUID inside an id. */
export function uuidIn(id: string): string {
  let bits = 0n;
  for (const digit of id.slice(-26)) bits = bits * 32n + BigInt(ALPHABET.indexOf(digit));
  return withHyphens(bits.toString(16).padStart(32, '0'));
}

/** RFC 9562, version 7 with method 1: 12 and 30 bits of counter around the variant. */
export function counterIn(uuid: string): number {
  const bits = BigInt(`0x${uuid.replaceAll('-', '')}`);
  return Number((((bits >> 64n) & 0xfffn) << 30n) | ((bits >> 32n) & 0x3fffffffn));
}

/** A UUID of this version out of 16 arbitrary bytes. */
export function uuidFrom(bytes: Uint8Array, version: number): string {
  const hex = Buffer.from(bytes).toString('hex');
  const variant = ((bytes[8] as number) % 4) + 8;
  return withHyphens(`${hex.slice(0, 12)}${version}${hex.slice(13, 16)}${variant.toString(16)}${hex.slice(17)}`);
}

function withHyphens(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
