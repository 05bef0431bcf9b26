import { timingSafeEqual } from 'node:crypto';
import { HOTP, Secret, TOTP } from 'otpauth';

const PERIOD_MS = 30_000;
const DIGITS = 6;
/** As every app has it, whatever else a key in an `otpauth:` address says. */
const ALGORITHM = 'SHA1';
const STEPS_EITHER_SIDE = 1;
/** The length of the hash, as RFC 4226 recommends. */
export const TOTP_SECRET_BYTES = 20;
/** Six ASCII digits: full-width ones and blanks are typing errors, and `otpauth` throws on some. */
const CODE = /^[0-9]{6}$/;

/** The 30 seconds that an instant belongs to, counted from 1970. */
export function stepAt(epochMs: number): number {
  return Math.floor(epochMs / PERIOD_MS);
}

/**
 * The step of which this is the code, if it is one that may still be used: the present one or a neighbour, and after
 * `lastStep`, so that no code works twice.
 */
export function stepOfCode(
  secret: Uint8Array,
  code: string,
  { now, lastStep }: { readonly now: number; readonly lastStep: number },
): number | undefined {
  if (!CODE.test(code)) return undefined;
  const present = stepAt(now);
  let found: number | undefined;
  // All of them are tried, so that the time tells nothing.
  for (let step = present - STEPS_EITHER_SIDE; step <= present + STEPS_EITHER_SIDE; step++) {
    const isCode = timingSafeEqual(Buffer.from(codeAt(secret, step)), Buffer.from(code));
    if (isCode && step > lastStep) found ??= step;
  }
  return found;
}

/** RFC 4226 with the step as counter, which is RFC 6238. */
export function codeAt(secret: Uint8Array, step: number): string {
  return HOTP.generate({ secret: secretOf(secret), counter: step, digits: DIGITS, algorithm: ALGORITHM });
}

/** What an authenticator app reads, as text or as a QR code. */
export function otpauthUri(secret: Uint8Array, of: { readonly issuer: string; readonly label: string }): string {
  const shape = { algorithm: ALGORITHM, digits: DIGITS, period: PERIOD_MS / 1_000 };
  return new TOTP({ ...of, ...shape, secret: secretOf(secret) }).toString();
}

function secretOf(bytes: Uint8Array): Secret {
  return new Secret({ buffer: Uint8Array.from(bytes).buffer });
}
