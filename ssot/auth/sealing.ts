import { createHash, createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import type { Id, KeyRing, SessionId, TenantId, UserId } from '../kernel';

/** What each derived key is for. */
const SEALING = 'auth seal';
const SUCCEEDING = 'refresh-successor';
const RENEWING = 'refresh-proof';
const NAMING = 'pseudonym';
const KEYING = 'api-key-proof';
const BACKING = 'backup-code';
const BARRING = 'removed-person';
const PROOF_BYTES = 16;
/** 96 bits: no two accounts share one. */
const PSEUDONYM_LENGTH = 16;
const API_KEY = /^((key_[0-9a-z]{26})\.[\w-]{43})\.([\w-]{22})$/;
const REFRESH_TOKEN = /^((session_[0-9a-z]{1,40})\.[\w-]{43})\.([\w-]{22})$/;

/** The master keys at work for auth: they derive what must be repeatable without being stored. */
export class Seal {
  constructor(private readonly keys: KeyRing) {}

  /** `about` is bound to the content: a sealed value moved to another row does not open. */
  seal(content: Buffer, about: string): Buffer {
    return this.keys.seal(content, { purpose: SEALING, about });
  }

  /** Throws `SecretUnreadable`. */
  open(sealed: Buffer, about: string): Buffer {
    return this.keys.open(sealed, { purpose: SEALING, about });
  }

  /** A renewal token of a sign-in, around a secret of 256 bits. It proves by itself that it was issued here. */
  refreshToken(sessionId: SessionId, secret: Uint8Array): string {
    return refreshTokenOf(this.keys.derive(RENEWING), sessionId, secret);
  }

  /** Whose renewal token this is, used or not; undefined for whatever was not issued here. No store is asked. */
  sessionOf(refresh: string): SessionId | undefined {
    const [, content = '', sessionId, proof = ''] = REFRESH_TOKEN.exec(refresh) ?? [];
    return this.#isIssued(RENEWING, content, proof) ? (sessionId as SessionId) : undefined;
  }

  /**
   * The one successor of a renewal token: a lost reply can be repeated although only hashes are stored. Then those that an instance
   * has made to which another of the keys was the newest, as while they are being changed.
   */
  successorsOf(refresh: string, sessionId: SessionId): readonly [newest: string, ...others: string[]] {
    const successor = (succeeding: KeyObject, renewing: KeyObject): string =>
      refreshTokenOf(renewing, sessionId, createHmac('sha256', succeeding).update(refresh).digest());
    const renewing = this.keys.deriveAll(RENEWING);
    const others = this.keys.deriveAll(SUCCEEDING).map((key, index) => successor(key, renewing[index] as KeyObject));
    return [successor(this.keys.derive(SUCCEEDING), this.keys.derive(RENEWING)), ...others.slice(1)];
  }

  /** An API key, around a secret of 256 bits. It proves by itself that it was issued here. */
  apiKey(keyId: Id<'key'>, secret: Uint8Array): string {
    const content = `${keyId}.${Buffer.from(secret).toString('base64url')}`;
    return `${content}.${proofOf(this.keys.derive(KEYING), content)}`;
  }

  /** Which API key this is; undefined for whatever was not issued here. No store is asked. */
  keyOf(apiKey: string): Id<'key'> | undefined {
    const [, content = '', keyId, proof = ''] = API_KEY.exec(apiKey) ?? [];
    return this.#isIssued(KEYING, content, proof) ? (keyId as Id<'key'>) : undefined;
  }

  /**
   * As which a backup code is stored, and may have been with older keys: 50 bits could be found from a plain hash by whoever
   * has a copy of the database.
   */
  backupCodeHashes(userId: UserId, code: string): readonly [newest: Buffer, ...older: Buffer[]] {
    const hash = (key: KeyObject): Buffer => createHmac('sha256', key).update(`${userId} ${code}`).digest();
    return [hash(this.keys.derive(BACKING)), ...this.keys.deriveAll(BACKING).map(hash)];
  }

  /** As which something about a removed person is stored, and may have been with older keys: it tells nobody who they were. */
  removedPersonHashes(tenantId: TenantId, trait: string): readonly [newest: Buffer, ...older: Buffer[]] {
    const hash = (key: KeyObject): Buffer => createHmac('sha256', key).update(`${tenantId} ${trait}`).digest();
    return [hash(this.keys.derive(BARRING)), ...this.keys.deriveAll(BARRING).map(hash)];
  }

  /** Stands for a text without telling it, the same on every instance. */
  pseudonym(text: string): string {
    return createHmac('sha256', this.keys.derive(NAMING)).update(text).digest('base64url').slice(0, PSEUDONYM_LENGTH);
  }

  /** Under the newest master key, or one that was replaced and is still there. */
  #isIssued(use: string, content: string, proof: string): boolean {
    return this.keys.deriveAll(use).some((key) => isSame(proofOf(key, content), proof));
  }
}

function refreshTokenOf(renewing: KeyObject, sessionId: SessionId, secret: Uint8Array): string {
  const content = `${sessionId}.${Buffer.from(secret).toString('base64url')}`;
  return `${content}.${proofOf(renewing, content)}`;
}

function proofOf(key: KeyObject, content: string): string {
  return createHmac('sha256', key).update(content).digest().subarray(0, PROOF_BYTES).toString('base64url');
}

function isSame(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}

export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
