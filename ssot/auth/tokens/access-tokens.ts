import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { readId } from '../../id-manager';
import type { Clock, Id, SessionId, TenantId, UserId } from '../../kernel';
import type { AuthConfig } from '../contract';
import { AuthError, tokenInvalid } from '../errors';
import { ALGORITHM, type SigningKey } from './signing-keys';

const TYPE = 'at+jwt';
/** Every header that a token of the platform has. */
const HEADERS: readonly string[] = ['alg', 'typ', 'kid'];
const LONGEST = 4_096;
const LONGEST_LIFE_S = 15 * 60;
const CLOCK_DIFFERENCE_S = 60;

/** How somebody proved who they are: password, code of an app, backup code, their company's provider (RFC 8176 lacks the last two). */
export const METHODS = ['pwd', 'otp', 'backup', 'sso'] as const;
export type Method = (typeof METHODS)[number];

const idClaim = <K extends 'tenant' | 'user' | 'session'>(kind: K): z.ZodType<Id<K>> =>
  z.custom<Id<K>>((value) => readId(kind, value).ok);

const claims = z.object({
  sub: idClaim('user'),
  tid: idClaim('tenant'),
  sid: idClaim('session'),
  jti: z.string().min(1),
  iat: z.number(),
  exp: z.number(),
  auth_time: z.number(),
  amr: z.array(z.enum(METHODS)),
});
export type Claims = z.infer<typeof claims>;

/** What the platform says about a signed-in person in a token: who, not what they may, which is looked up each time. */
export interface Statement {
  readonly userId: UserId;
  readonly tenantId: TenantId;
  readonly sessionId: SessionId;
  readonly jti: string;
  readonly authTime: Date;
  readonly methods: readonly Method[];
}

export async function issueToken(
  key: SigningKey,
  config: AuthConfig,
  clock: Clock,
  who: Statement,
): Promise<{ access: string; accessUntil: Date }> {
  const issuedAt = Math.floor(clock.now() / 1000);
  const expires = issuedAt + Math.floor(config.accessTokenMs / 1000);
  const access = await new SignJWT({
    tid: who.tenantId,
    sid: who.sessionId,
    auth_time: Math.floor(who.authTime.getTime() / 1000),
    amr: [...who.methods],
  })
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: key.kid })
    .setIssuer(config.issuer)
    .setAudience(config.audience)
    .setSubject(who.userId)
    .setJti(who.jti)
    .setIssuedAt(issuedAt)
    .setExpirationTime(expires)
    .sign(key.privateKey);
  return { access, accessUntil: new Date(expires * 1000) };
}

/** Every reason but age reads `token_invalid`, so that a forger learns nothing; size is judged before any cryptography. */
export async function readToken(key: SigningKey, config: AuthConfig, clock: Clock, token: string): Promise<Claims> {
  if (token.length > LONGEST) throw tokenInvalid();
  const now = clock.now();
  try {
    const { payload } = await jwtVerify(
      token,
      (header) => {
        // Headers that bring a key along, or say where one is, are those of somebody who hopes to be believed by it.
        const isForeign = Object.keys(header).some((name) => !HEADERS.includes(name));
        if (isForeign || header.kid !== key.kid) throw tokenInvalid();
        return key.publicKey;
      },
      {
        algorithms: [ALGORITHM],
        typ: TYPE,
        issuer: config.issuer,
        audience: config.audience,
        currentDate: new Date(now),
      },
    );
    const read = claims.parse(payload);
    // The verifier takes tokens without an end or a limit to their life, and tokens dated in the future.
    if (read.exp - read.iat > LONGEST_LIFE_S || read.iat > now / 1000 + CLOCK_DIFFERENCE_S) throw tokenInvalid();
    return read;
  } catch (error) {
    if (error instanceof errors.JWTExpired) {
      throw new AuthError('token_expired', 'This token has expired. Renew it, or sign in again.');
    }
    throw error instanceof AuthError ? error : tokenInvalid(error);
  }
}
