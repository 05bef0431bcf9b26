import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import { SecretUnreadable, type KeyRing, type SealedFor } from '../../kernel';
import { redisKey, type EntryKey } from '../keys';

const CURSORS = 'state cursors';

/** Seals values per owner, bound to the key they stand under, and signs the cursors that callers carry. */
export class Seal {
  constructor(private readonly keys: KeyRing) {}

  close(text: string, key: EntryKey): string {
    return this.keys.seal(text, placeOf(key)).toString('base64');
  }

  /** `undefined`: damaged, or sealed for another key. */
  open(sealed: string, key: EntryKey): string | undefined {
    try {
      return this.keys.open(Buffer.from(sealed, 'base64'), placeOf(key)).toString('utf8');
    } catch (error) {
      if (!(error instanceof SecretUnreadable)) throw error;
      return undefined;
    }
  }

  /** A cursor that only `readCursor` for the same bearer takes back. */
  signCursor(bearer: string, facts: readonly string[]): string {
    const text = Buffer.from(JSON.stringify(facts)).toString('base64url');
    return `${text}.${signature(this.keys.derive(CURSORS), bearer, text)}`;
  }

  /** `undefined`: altered, or given to somebody else or for something else. */
  readCursor(bearer: string, cursor: string): string[] | undefined {
    const [text = '', given = ''] = cursor.split('.');
    const isOurs = (key: KeyObject): boolean => isSame(signature(key, bearer, text), given);
    if (!this.keys.deriveAll(CURSORS).some(isOurs)) return undefined;
    return JSON.parse(Buffer.from(text, 'base64url').toString()) as string[];
  }
}

function placeOf(key: EntryKey): SealedFor {
  return { purpose: `state of ${key.tenant + key.owner}`, about: redisKey(key) };
}

function signature(key: KeyObject, bearer: string, text: string): string {
  return createHmac('sha256', key).update(`${bearer}\n${text}`).digest('base64url');
}

function isSame(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
