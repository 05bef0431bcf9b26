import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { Random, SessionId } from '../kernel';
import { AuthError } from './errors';

const NONCE = 12;
const TAG = 16;
const LEAST_DIFFERENT_BYTES = 8;
const PROOF_BYTES = 16;
/** 96 bits: no two accounts share one. */
const PSEUDONYM_LENGTH = 16;
const REFRESH_TOKEN = /^((session_[0-9a-z]{1,40})\.[\w-]{43})\.([\w-]{22})$/;

/** The master key at work: seals with AES-256-GCM and derives what must be repeatable without being stored. */
export class Seal {
  readonly #sealing: Buffer;
  readonly #succeeding: Buffer;
  readonly #renewing: Buffer;
  readonly #naming: Buffer;

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
    this.#renewing = derive('refresh-proof');
    this.#naming = derive('pseudonym');
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

  /** A renewal token of a sign-in, around a secret of 256 bits. It proves by itself that it was issued here. */
  refreshToken(sessionId: SessionId, secret: Uint8Array): string {
    const content = `${sessionId}.${Buffer.from(secret).toString('base64url')}`;
    return `${content}.${this.#proofOf(content)}`;
  }

  /** Whose renewal token this is, used or not; undefined for whatever was not issued here. No store is asked. */
  sessionOf(refresh: string): SessionId | undefined {
    const [, content = '', sessionId, proof = ''] = REFRESH_TOKEN.exec(refresh) ?? [];
    const expected = this.#proofOf(content);
    if (proof.length !== expected.length || !timingSafeEqual(Buffer.from(proof), Buffer.from(expected)))
      return undefined;
    return sessionId as SessionId;
  }

  /** The one successor of a renewal token: a lost reply can be repeated although only hashes are stored. */
  successorOf(refresh: string, sessionId: SessionId): string {
    return this.refreshToken(sessionId, createHmac('sha256', this.#succeeding).update(refresh).digest());
  }

  /** Stands for a text without telling it, the same on every instance. */
  pseudonym(text: string): string {
    return createHmac('sha256', this.#naming).update(text).digest('base64url').slice(0, PSEUDONYM_LENGTH);
  }

  #proofOf(content: string): string {
    return createHmac('sha256', this.#renewing).update(content).digest().subarray(0, PROOF_BYTES).toString('base64url');
  }
}

export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
