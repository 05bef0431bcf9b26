import type { Redis } from 'ioredis';
import type { JSONWebKeySet } from 'jose';
import type { LimitsByPlan } from '../configuration-manager';
import type {
  Clock,
  Id,
  KeyRing,
  Logger,
  Metrics,
  Permission,
  Plan,
  Random,
  SessionId,
  TenantContext,
  TenantId,
  Transactions,
  UserId,
} from '../kernel';
import type { AttemptLimiter } from './attempts';
import type { Role } from './roles';

/** A credential that shows itself only when asked; configuration-manager's `Secret` is one. */
export interface Sealed {
  reveal(): string;
}

export interface AuthConfig {
  readonly operatorKey: Sealed;
  /** Written into every token, and demanded of every token. */
  readonly issuer: string;
  readonly audience: string;
  /** At most 15 minutes. */
  readonly accessTokenMs: number;
  /** A sign-in that is not renewed for this long ends. */
  readonly sessionIdleMs: number;
  readonly sessionMs: number;
}

export interface AuthDeps {
  readonly db: Transactions;
  /** Counts failed attempts for all instances; whatever is lost with it, no sign-in is. */
  readonly redis: Redis;
  /** Seals the signing keys at rest, and proves that renewals were issued here. */
  readonly keys: KeyRing;
  readonly plans: LimitsByPlan<'signInsPerPerson'>;
  readonly config: AuthConfig;
  readonly clock: Clock;
  /** Whose time counts over all instances. */
  readonly time: 'server' | Clock;
  readonly random: Random;
  readonly ids: { next<K extends 'tenant' | 'user' | 'session' | 'key' | 'req'>(kind: K): Id<K> };
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** Who was let in. Frozen; `context` is the only way to customer data. */
export interface Principal {
  readonly context: TenantContext;
  readonly kind: 'person';
  readonly sessionId: SessionId;
  readonly plan: Plan;
  readonly authTime: Date;
  readonly methods: readonly 'pwd'[];
  readonly expiresAt: Date;
}

export interface TokenPair {
  readonly access: string;
  readonly accessUntil: Date;
  readonly refresh: string;
  readonly sessionId: SessionId;
}

export interface SignedIn {
  readonly is: 'signed_in';
  readonly tokens: TokenPair;
  readonly tenantId: TenantId;
  readonly userId: UserId;
  /** The person's oldest sign-ins, which were ended because the plan has no room for more. */
  readonly ended: readonly SessionId[];
}

/** Why a sign-in may no longer be used: it ended or vanished, or its company is suspended. */
export type Ending = 'session_ended' | 'access_revoked';

declare const operator: unique symbol;
/** Somebody who proved to be an operator of the platform; made by `provisioning.recognise` only. */
export interface Operator {
  readonly [operator]: true;
  readonly permissions: readonly Permission[];
}

export interface PasswordProof {
  readonly email: string;
  readonly password: string;
  readonly device: string;
  /** Where it comes from, as the trusted proxies say. */
  readonly address: string;
}

export interface Auth {
  /** For entrances that refuse without asking auth. */
  readonly attempts: AttemptLimiter;
  readonly tokens: {
    /**
     * Throws `token_invalid`, `token_expired`, `session_ended` or, while the company is suspended, `access_revoked`; a
     * sign-out and a suspension hold here within a second. `address`: who shows it; after ten invalid ones within a minute
     * further ones are told `rate_limited`, while one that proves itself is believed all the same.
     */
    check(token: string, as: Principal['kind'], address: string): Promise<Principal>;
    /** The public keys, as other programs verify with. */
    jwks(): JSONWebKeySet;
  };
  readonly signIn: {
    /**
     * Throws `invalid_credentials`, in the same words and at the same cost for every reason, `rate_limited` after too many
     * failures from this address or about this e-mail, or `overloaded`; the last two with the wait.
     */
    withPassword(proof: PasswordProof): Promise<SignedIn>;
  };
  readonly sessions: {
    /**
     * A new pair; the old renewal token is used up. A repeat by the same device within 10 s gets the same successor as
     * long as that is unused; any other repeat ends the sign-in: `refresh_reused`. What was never issued here is
     * `refresh_invalid`, and `rate_limited` once too much of that came from the address.
     */
    renew(refresh: string, device: string, address: string): Promise<TokenPair>;
    /** One's own only; `not_found` for any other. */
    end(ctx: TenantContext, id: SessionId): Promise<void>;
    /** Which of these may no longer be used, and why; for open lines, which outlive many checks. */
    endedAmong(ids: readonly SessionId[]): Promise<ReadonlyMap<SessionId, Ending>>;
  };
  readonly accounts: {
    /** Rights as they are now, for work that outlives a token; none in a suspended company. Throws `not_found`. */
    contextFor(tenantId: TenantId, userId: UserId): Promise<TenantContext>;
    /** Names of people of the asker's company, by id; others are not among them. */
    namesOf(ctx: TenantContext, ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
    /** Who one is, in words. */
    profile(ctx: TenantContext): Promise<{ readonly name: string; readonly company: string; readonly role: Role }>;
  };
  readonly provisioning: {
    /** Throws `operator_unknown`; after ten wrong keys within a minute `rate_limited`, and no key from there is looked at. */
    recognise(credential: string, address: string): Promise<Operator>;
    createTenant(by: Operator, tenant: { readonly name: string; readonly plan: Plan }): Promise<TenantId>;
    /** Throws `not_found`, `invalid_input`, `weak_password` or `email_taken`. */
    addPerson(by: Operator, tenantId: TenantId, person: NewPerson): Promise<UserId>;
    /** Nobody of the company gets in, and all their sign-ins end, for good. Throws `not_found`. */
    suspendTenant(by: Operator, tenantId: TenantId): Promise<void>;
    /** Its people can sign in again. Throws `not_found`. */
    restoreTenant(by: Operator, tenantId: TenantId): Promise<void>;
  };
}

export interface NewPerson {
  readonly name: string;
  /** Unique over the whole platform, whatever its capitals. */
  readonly email: string;
  /** 12 to 128 characters. */
  readonly password: string;
  readonly role: Role;
}
