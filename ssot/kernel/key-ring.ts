import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { PlatformError } from './values/errors';
import { systemRandom, type Random } from './ports/random';

const FORMAT = 1;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const MAX_DERIVED = 4_000;

/** A master key and the id that every value it seals carries. */
export interface MasterKey {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

/** What a sealed value is for and where it stands; it opens for nothing else. */
export interface SealedFor {
  readonly purpose: string;
  readonly about: string;
}

/** A sealed value that does not open: the key that sealed it is not in the ring, or these are not the bytes it sealed. */
export class SecretUnreadable extends PlatformError {
  constructor(
    /** The id that the value carries; undefined when it carries none. */
    readonly keyId: string | undefined,
    why: 'key_lost' | 'broken',
  ) {
    super({
      code: 'secret_unreadable',
      message:
        why === 'key_lost'
          ? `This was sealed with the master key "${keyId}", which is not in MASTER_KEYS any more. Add it there, or set the value anew.`
          : 'What is stored here is not what was sealed for this place. Set the value anew.',
    });
  }
}

/**
 * The platform's master keys: the first seals (AES-256-GCM under a key derived for the purpose), all open. Also derives keys
 * for message authentication. Shows nothing of a key, whatever it is written into.
 */
export class KeyRing {
  readonly #keys: readonly { readonly id: string; readonly secret: KeyObject }[];
  readonly #derived = new LRUCache<string, KeyObject>({ max: MAX_DERIVED });

  /** Throws `key_ring_invalid` for no key, a key of another length, or two keys with one id. */
  constructor(
    keys: readonly MasterKey[],
    private readonly random: Random = systemRandom,
  ) {
    const isSound = ({ id, key }: MasterKey): boolean => /^[a-z0-9-]{1,32}$/.test(id) && key.length === KEY_BYTES;
    if (keys.length === 0 || !keys.every(isSound) || new Set(keys.map(({ id }) => id)).size < keys.length) {
      throw new PlatformError({
        code: 'key_ring_invalid',
        message: `A key ring needs keys of ${KEY_BYTES} bytes, each with an id of its own.`,
      });
    }
    this.#keys = keys.map(({ id, key }) => ({ id, secret: createSecretKey(key) }));
  }

  /** Ids of the keys, the one that seals first. */
  get ids(): readonly string[] {
    return this.#keys.map(({ id }) => id);
  }

  seal(content: Uint8Array | string, { purpose, about }: SealedFor): Buffer {
    const id = this.#keys[0]?.id as string;
    const nonce = this.random.bytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#derive(id, purpose), nonce).setAAD(Buffer.from(about));
    const sealed = Buffer.concat([cipher.update(content), cipher.final()]);
    return Buffer.concat([Buffer.from([FORMAT, id.length]), Buffer.from(id), nonce, cipher.getAuthTag(), sealed]);
  }

  /** Throws `SecretUnreadable`. */
  open(sealed: Uint8Array, { purpose, about }: SealedFor): Buffer {
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
    const id = keyIdOf(bytes);
    if (id === undefined) throw new SecretUnreadable(undefined, 'broken');
    if (!this.ids.includes(id)) throw new SecretUnreadable(id, 'key_lost');
    const start = 2 + id.length;
    const body = start + NONCE_BYTES + TAG_BYTES;
    try {
      const nonce = bytes.subarray(start, start + NONCE_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', this.#derive(id, purpose), nonce, { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(about))
        .setAuthTag(bytes.subarray(start + NONCE_BYTES, body));
      return Buffer.concat([decipher.update(bytes.subarray(body)), decipher.final()]);
    } catch {
      // What GCM says of it: these bytes were not sealed under this key for this place.
      throw new SecretUnreadable(id, 'broken');
    }
  }

  /** A key for one purpose, 32 bytes, from the key that seals. */
  derive(purpose: string): KeyObject {
    return this.#derive(this.#keys[0]?.id as string, purpose);
  }

  /** The same from every key, the one that seals first: for what must still be recognised after a rotation. */
  deriveAll(purpose: string): readonly KeyObject[] {
    return this.#keys.map(({ id }) => this.#derive(id, purpose));
  }

  #derive(id: string, purpose: string): KeyObject {
    const name = `${id} ${purpose}`;
    const known = this.#derived.get(name);
    if (known !== undefined) return known;
    const secret = this.#keys.find((key) => key.id === id)?.secret.export() as Buffer;
    const made = createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', purpose, KEY_BYTES)));
    this.#derived.set(name, made);
    return made;
  }
}

function keyIdOf(bytes: Buffer): string | undefined {
  const length = bytes[1] ?? 0;
  if (bytes[0] !== FORMAT || length === 0 || bytes.length < 2 + length + NONCE_BYTES + TAG_BYTES) return undefined;
  return bytes.subarray(2, 2 + length).toString('latin1');
}
