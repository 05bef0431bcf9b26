import { randomBytes } from 'node:crypto';

/** Microseconds of the machine's steady clock, the same in every process. */
export function moment(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}

/** Digits of a moment: enough for three years of uptime. */
const DIGITS = 14;
const MARK = 'told at ';
const FILLING = randomBytes(64).toString('hex');

/** A note that carries the moment it was made, as long as asked for. */
export function noteOfNow(length: number): string {
  return `${MARK}${String(moment()).padStart(DIGITS, '0')} ${FILLING}`.slice(0, length);
}

/** When what is in this frame was told. */
export function toldAt(frame: Buffer): number {
  const from = frame.indexOf(MARK) + MARK.length;
  return Number(frame.toString('latin1', from, from + DIGITS));
}
