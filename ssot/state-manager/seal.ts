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
import type { Random } from '../kernel';
import { StateError } from './errors';

const NONCE = 12;
const TAG = 16;
const KEY = 32;
const OWNERS_KEPT = 1_000;

/** Seals values per owner with AES-256-GCM, bound to the key they stand under, and signs the marks that callers carry. */
export class Seal {
  readonly #keys = new LRUCache<string, KeyObject>({ max: OWNERS_KEPT });
  readonly #marks: KeyObject;

  constructor(
    private readonly secret: Uint8Array,
    private readonly random: Random,
  ) {
    if (secret.length !== KEY) {
      throw new StateError(
        'state_misconfigured',
        `sealingKey has ${secret.length} bytes; give it ${KEY} random ones.`,
        {
          field: 'sealingKey',
        },
      );
    }
    this.#marks = this.#derive('state marks');
  }

  /** `owner`: company and person; `under`: the whole key of the entry. */
  close(text: string, owner: string, under: string): string {
    const nonce = this.random.bytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.#of(owner), nonce).setAAD(Buffer.from(under));
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([sealed, cipher.getAuthTag()]).toString('base64');
  }

  /** `undefined`: damaged, or sealed for another place. */
  open(sealed: string, owner: string, under: string): string | undefined {
    const bytes = Buffer.from(sealed, 'base64');
    if (bytes.length < NONCE + TAG) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', this.#of(owner), bytes.subarray(0, NONCE))
      .setAAD(Buffer.from(under))
      .setAuthTag(bytes.subarray(-TAG));
    try {
      return decipher.update(bytes.subarray(NONCE, -TAG), undefined, 'utf8') + decipher.final('utf8');
    } catch {
      // What GCM has to say of it: these are not the bytes that were sealed here.
      return undefined;
    }
  }

  /** A mark that only `readMark` for the same bearer and use takes back. */
  mark(bearer: string, facts: readonly string[]): string {
    const text = Buffer.from(JSON.stringify(facts)).toString('base64url');
    return `${text}.${this.#signature(bearer, text)}`;
  }

  /** `undefined`: altered, or given to somebody else or for something else. */
  readMark(bearer: string, mark: string): string[] | undefined {
    const [text = '', signature = ''] = mark.split('.');
    const expected = Buffer.from(this.#signature(bearer, text));
    const given = Buffer.from(signature);
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined;
    return JSON.parse(Buffer.from(text, 'base64url').toString()) as string[];
  }

  #signature(bearer: string, text: string): string {
    return createHmac('sha256', this.#marks).update(`${bearer}\n${text}`).digest('base64url');
  }

  #of(owner: string): KeyObject {
    const known = this.#keys.get(owner);
    if (known !== undefined) return known;
    const made = this.#derive(`state of ${owner}`);
    this.#keys.set(owner, made);
    return made;
  }

  #derive(use: string): KeyObject {
    return createSecretKey(Buffer.from(hkdfSync('sha256', this.secret, '', use, KEY)));
  }
}
