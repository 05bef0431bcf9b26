import { createHash, timingSafeEqual } from 'node:crypto';

/** Words of templates and tutorials, long enough that chance does not write them into a random secret. */
const TEMPLATE_WORD =
  /(change|replace)[-_. ]?(me|it|this)|pass(word|wort|w0rd)|placeholder|insecure|development|qwert[yz]ui|asdfghjk|yxcvbnma|zxcvbnma/i;
/** Shorter ones say nothing inside a long secret, but nothing is left of a secret that is made of them. */
const COMMON_WORDS =
  /secret|example|sample|default|admin|dummy|demo|test|todo|letmein|master|operator|platform|production|staging|my|your|the|key|[-_. ]/gi;
const SHARE_BESIDE_WORDS = 1 / 3;
const SAME_STEP_SHARE = 0.6;
const SHORTEST_CODE = 16;

/**
 * Why a secret can be guessed, as the end of a sentence about it ("is …"); undefined when nothing speaks against it.
 * Judges the text and, where it reads as hex or base64, the bytes it stands for. 32 random bytes always pass.
 */
export function weaknessOf(secret: string, leastLength: number): string | undefined {
  if (secret === '') return 'is empty';
  if (secret.length < leastLength) return `is shorter than ${leastLength} characters`;
  const readings = readingsOf(secret);
  return WEAKNESSES.find(([, applies]) => readings.some(applies))?.[0];
}

/** Whether two secrets are the same in any spelling (text, hex, base64), compared in constant time. */
export function isSameSecret(one: string, other: string): boolean {
  let same = false;
  for (const mine of readingsOf(one)) {
    for (const theirs of readingsOf(other)) same = timingSafeEqual(digest(mine), digest(theirs)) || same;
  }
  return same;
}

/** The bytes of the text itself, and those that it writes as hex or base64. */
function readingsOf(secret: string): readonly Buffer[] {
  const readings = [Buffer.from(secret)];
  // Of a short text little or nothing is left in another reading, and that is soon the same.
  if (secret.length < SHORTEST_CODE) return readings;
  if (/^[0-9a-f]+$/i.test(secret)) readings.push(Buffer.from(secret, 'hex'));
  // Node's base64 reads the URL alphabet as well.
  if (/^[A-Za-z0-9+/_-]+={0,2}$/.test(secret)) readings.push(Buffer.from(secret, 'base64'));
  return readings;
}

/** The gravest first: a secret may look like several of them in one reading or another. */
const WEAKNESSES: readonly (readonly [sentence: string, applies: (bytes: Buffer) => boolean])[] = [
  ['contains a placeholder such as changeme', isTemplate],
  ['is one character repeated', (bytes) => standsAgainAt(1, bytes)],
  ['is a short pattern repeated', (bytes) => distancesIn(bytes).some((distance) => standsAgainAt(distance, bytes))],
  ['is made of too few different characters', (bytes) => !hasVariety(bytes)],
  ['is counted up or down', isCounted],
];

function isTemplate(bytes: Buffer): boolean {
  const text = bytes.toString('latin1');
  return TEMPLATE_WORD.test(text) || text.replace(COMMON_WORDS, '').length < SHARE_BESIDE_WORDS * text.length;
}

/** Most neighbours, or most of every second, third or fourth, are the same step apart. */
function isCounted(bytes: Buffer): boolean {
  return [1, 2, 3, 4].some((distance) => {
    // Of a few neighbours most are the same by chance.
    if (distance * 8 > bytes.length) return false;
    const steps = bytes.subarray(distance).map((byte, i) => byte - (bytes[i] as number));
    return Math.max(...countsOf(steps)) >= SAME_STEP_SHARE * steps.length;
  });
}

/** Those at which something may stand twice. */
function distancesIn({ length }: Buffer): readonly number[] {
  return Array.from({ length: length / 2 }, (_, i) => i + 1);
}

function standsAgainAt(distance: number, bytes: Buffer): boolean {
  return bytes.subarray(distance).equals(bytes.subarray(0, -distance));
}

/** Random bytes and their hex and base64 lie far above both figures. */
function hasVariety(bytes: Uint8Array): boolean {
  const counts = countsOf(bytes);
  const bits = counts.reduce((sum, n) => sum - (n / bytes.length) * Math.log2(n / bytes.length), 0);
  return bits >= Math.log2(bytes.length) / 2 && counts.length >= Math.min(8, bytes.length / 4);
}

function countsOf(bytes: Uint8Array): readonly number[] {
  const counts = new Map<number, number>();
  for (const byte of bytes) counts.set(byte, (counts.get(byte) ?? 0) + 1);
  return [...counts.values()];
}

function digest(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
