import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Random } from '../../kernel';
import { StateError } from '../errors';
import { redisKey, type EntryKey } from '../keys';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const OWNER_KEYS_KEPT = 1_000;

/** Seals values per owner with AES-256-GCM, bound to the key they stand under, and signs the cursors that callers carry. */
export class Seal {
  readonly #ownerKeys = new LRUCache<string, KeyObject>({ max: OWNER_KEYS_KEPT });
  readonly #cursorKey: KeyObject;

  /** Throws StateError (state_misconfigured) unless `secret` has 32 bytes. */
  constructor(
    private readonly secret: Uint8Array,
    private readonly random: Random,
  ) {
    if (secret.length !== KEY_BYTES) {
      const message = `sealingKey has ${secret.length} bytes; give it ${KEY_BYTES} random ones.`;
      throw new StateError('state_misconfigured', message, { field: 'sealingKey' });
    }
    this.#cursorKey = this.#derive('state cursors');
  }

  close(text: string, key: EntryKey): string {
    const nonce = this.random.bytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#keyOf(key), nonce).setAAD(Buffer.from(redisKey(key)));
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([sealed, cipher.getAuthTag()]).toString('base64');
  }

  /** `undefined`: damaged, or sealed for another key. */
  open(sealed: string, key: EntryKey): string | undefined {
    const bytes = Buffer.from(sealed, 'base64');
    if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', this.#keyOf(key), bytes.subarray(0, NONCE_BYTES))
      .setAAD(Buffer.from(redisKey(key)))
      .setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
    } catch {
      // What GCM has to say of it: these are not the bytes that were sealed here.
      return undefined;
    }
  }

  /** A cursor that only `readCursor` for the same bearer takes back. */
  signCursor(bearer: string, facts: readonly string[]): string {
    const text = Buffer.from(JSON.stringify(facts)).toString('base64url');
    return `${text}.${this.#signature(bearer, text)}`;
  }

  /** `undefined`: altered, or given to somebody else or for something else. */
  readCursor(bearer: string, cursor: string): string[] | undefined {
    const [text = '', signature = ''] = cursor.split('.');
    const expected = Buffer.from(this.#signature(bearer, text));
    const given = Buffer.from(signature);
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined;
    return JSON.parse(Buffer.from(text, 'base64url').toString()) as string[];
  }

  #signature(bearer: string, text: string): string {
    return createHmac('sha256', this.#cursorKey).update(`${bearer}\n${text}`).digest('base64url');
  }

  #keyOf({ tenant, owner }: EntryKey): KeyObject {
    const whose = tenant + owner;
    const known = this.#ownerKeys.get(whose);
    if (known !== undefined) return known;
    const made = this.#derive(`state of ${whose}`);
    this.#ownerKeys.set(whose, made);
    return made;
  }

  #derive(purpose: string): KeyObject {
    return createSecretKey(Buffer.from(hkdfSync('sha256', this.secret, '', purpose, KEY_BYTES)));
  }
}
