import { randomBytes } from 'node:crypto';

/** Eight characters that name one run among those on this machine. */
export function idText(): string {
  return randomBytes(4).toString('hex');
}

/** A password of 192 bits that needs no escaping in an address. */
export function passwordText(): string {
  return randomBytes(24).toString('base64url');
}
