import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync } from 'node:crypto';
import type { Random } from '../kernel';
import { AuthError } from './errors';

const NONCE = 12;
const TAG = 16;
const LEAST_DIFFERENT_BYTES = 8;

/** The master key at work: seals with AES-256-GCM and derives what must be repeatable without being stored. */
export class Seal {
  readonly #sealing: Buffer;
  readonly #succeeding: Buffer;

  /** Throws `weak_secret` for anything but 32 bytes that differ. */
  constructor(masterKey: string) {
    const key = Buffer.from(masterKey, 'base64');
    if (key.length !== 32 || new Set(key).size < LEAST_DIFFERENT_BYTES) {
      throw new AuthError('weak_secret', 'MASTER_KEY is weak. Make one with: openssl rand -base64 32', {
        field: 'MASTER_KEY',
      });
    }
    const derive = (use: string): Buffer => Buffer.from(hkdfSync('sha256', key, '', use, 32));
    this.#sealing = derive('seal');
    this.#succeeding = derive('refresh-successor');
  }

  /** `about` is bound to the content: a sealed value moved to another row does not open. */
  seal(content: Buffer, about: string, random: Random): Buffer {
    const nonce = Buffer.from(random.bytes(NONCE));
    const cipher = createCipheriv('aes-256-gcm', this.#sealing, nonce).setAAD(Buffer.from(about));
    const sealed = Buffer.concat([cipher.update(content), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  open(sealed: Buffer, about: string): Buffer {
    const decipher = createDecipheriv('aes-256-gcm', this.#sealing, sealed.subarray(0, NONCE))
      .setAAD(Buffer.from(about))
      .setAuthTag(sealed.subarray(NONCE, NONCE + TAG));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(NONCE + TAG)), decipher.final()]);
    } catch (cause) {
      throw new AuthError('weak_secret', 'MASTER_KEY is not the one that the stored keys were sealed with.', {
        field: 'MASTER_KEY',
        cause,
      });
    }
  }

  /** The one successor of a renewal token: a lost reply can be repeated although only hashes are stored. */
  successorOf(refresh: string): string {
    return createHmac('sha256', this.#succeeding).update(refresh).digest('base64url');
  }
}

export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
