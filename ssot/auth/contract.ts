import type { Cluster, Redis } from 'ioredis';
import type { JSONWebKeySet } from 'jose';
import type { LimitsByPlan } from '../configuration-manager';
import type {
  Clock,
  CustomerData,
  Foreground,
  Id,
  KeyRing,
  Logger,
  Metrics,
  Permission,
  Plan,
  Random,
  SessionId,
  Subject,
  TenantContext,
  TenantId,
  Transaction,
  Transactions,
  UserId,
} from '../kernel';
import type { Method } from './tokens/access-tokens';
import type { ApiKey, NewApiKey } from './api-keys';
import type { AttemptLimiter } from './attempts';
import type { AuditEntry, AuditQuery, ChainVerdict } from './audit';
import type { NewCodes } from './factors';
import type { OwnSession } from './sessions/own-sessions';
import type { DataDecisions } from './data-decisions';
import type { PersonRow } from './membership';
import type { Role } from './roles';
import type { DnsResolver, DomainClaim, Ended, EndedByProvider, OidcConnection, SsoSettings } from './sso';

/** A credential that shows itself only when asked; configuration-manager's `Secret` is one. */
export interface Sealed {
  reveal(): string;
}

export interface AuthConfig {
  /** Operators of the platform, by the name that the audit trail gives them. */
  readonly operatorKeys: readonly { readonly id: string; readonly key: Sealed }[];
  /** Written into every token, and demanded of every token. */
  readonly issuer: string;
  readonly audience: string;
  /** At most 15 minutes. */
  readonly accessTokenMs: number;
  /** A sign-in that is not renewed for this long ends. */
  readonly sessionIdleMs: number;
  readonly sessionMs: number;
}

/** What single sign-on lives from. */
export interface SsoDeps {
  /** How browsers reach the platform, without a slash at the end; undefined where nobody has said. */
  publicUrl(): string | undefined;
  /** Where people may be sent back to after a sign-in with a provider; the first unless they say. */
  returnAddresses(): readonly string[];
  /** Issuers in the platform's own network, which may be private addresses and plain http. */
  readonly internalIssuers: readonly string[];
  readonly dns: DnsResolver;
}

export interface AuthDeps {
  readonly db: Transactions;
  /** Counts failed attempts for all instances; whatever is lost with it, no sign-in is. */
  readonly redis: Redis | Cluster;
  /** Seals the signing keys at rest, and proves that renewals were issued here. */
  readonly keys: KeyRing;
  readonly plans: LimitsByPlan<'signInsPerPerson' | 'apiKeysPerTenant' | 'auditRetentionDays'>;
  /** Met by analytics, which counts days by zones that it knows; without it there is UTC only. */
  readonly isTimeZone?: (name: string) => Promise<boolean>;
  /** Met by the settings that companies make: whether passwords alone open nothing there. Without it they open everything. */
  readonly isSecondFactorRequired?: (ctx: TenantContext) => Promise<boolean>;
  /** Met by state-persistence: whether the law keeps a person's data, or anything of a company. Without it nothing is kept for it. */
  readonly isHeld?: (tx: Transaction, subject: Subject) => Promise<boolean>;
  readonly config: AuthConfig;
  /** Told of sign-ins of people who are known where they come from. */
  readonly foreground?: Foreground;
  readonly sso: SsoDeps;
  readonly clock: Clock;
  /** Whose time counts over all instances. */
  readonly time: 'server' | Clock;
  readonly random: Random;
  readonly ids: { next<K extends 'tenant' | 'user' | 'session' | 'key' | 'req'>(kind: K): Id<K> };
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** A person who is signed in. Frozen; `context` is the only way to customer data. */
export interface PersonPrincipal {
  readonly context: TenantContext;
  readonly kind: 'person';
  readonly sessionId: SessionId;
  readonly plan: Plan;
  readonly authTime: Date;
  readonly methods: readonly Method[];
  /** `due`: the company asks for one and there is none, so that only `account:use` is allowed. */
  readonly secondFactor: 'set_up' | 'none' | 'due';
  readonly expiresAt: Date;
}

/** A program with a key of its own, which acts for the person who made it and may what it was given. Frozen. */
export interface ProgramPrincipal {
  readonly context: TenantContext;
  readonly kind: 'api_key';
  readonly keyId: Id<'key'>;
  readonly plan: Plan;
  readonly expiresAt: Date;
}

/** Who was let in. */
export type Principal = PersonPrincipal | ProgramPrincipal;

/** A person who asks for a decision, and from where, as the trusted proxies say. */
export interface Acting {
  readonly principal: PersonPrincipal;
  readonly address: string;
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

/**
 * Why a sign-in may no longer be used: it ended or vanished, its company is suspended, or asks for a second factor that its
 * person does not have.
 */
export type Ending = 'session_ended' | 'access_revoked' | 'second_factor_missing';

declare const operator: unique symbol;
/** Somebody who proved to be an operator of the platform; made by `provisioning.recognise` only. */
export interface Operator {
  readonly [operator]: true;
  readonly name: string;
  readonly address: string;
  readonly permissions: readonly Permission[];
}

/** On which device, and from where, somebody proves who they are. */
export interface ProvingDevice {
  readonly device: string;
  /** What the device is called in its person's list; without one it has no name. */
  readonly deviceName?: string | undefined;
  /** Where it comes from, as the trusted proxies say. */
  readonly address: string;
}

export interface PasswordProof extends ProvingDevice {
  readonly email: string;
  readonly password: string;
}

export interface CodeProof extends ProvingDevice {
  /** As `SecondFactorDue` told it. */
  readonly pending: string;
  /** Of the app, or a backup code. */
  readonly code: string;
}

/** What a provider sends a browser back with. */
export interface ProviderCallback {
  readonly query: URLSearchParams;
  /** As `start` gave it to the browser. */
  readonly browserKey: string;
  readonly address: string;
}

export interface HandOverProof extends ProvingDevice {
  readonly handOver: string;
  readonly browserKey: string;
}

export interface Auth extends AsyncDisposable {
  readonly customerData: CustomerData;
  /** Who may decide what becomes of people's and companies' data. */
  readonly dataDecisions: Pick<
    DataDecisions,
    'assertMay' | 'assertNamed' | 'assertMayLose' | 'lockOut' | 'record' | 'note'
  >;
  /** For entrances that refuse without asking auth. */
  readonly attempts: AttemptLimiter;
  readonly tokens: {
    /**
     * Throws `token_invalid`, `token_expired`, `session_ended` or, while the company is suspended, `access_revoked`; a
     * sign-out and a suspension hold here within a second. `address`: who shows it; after ten invalid ones within a minute
     * further ones are told `rate_limited`, while one that proves itself is believed all the same.
     */
    check(token: string, as: 'person', address: string): Promise<PersonPrincipal>;
    /** The same for an access token or an API key. Throws `token_expired` for a key that has run out. */
    check(token: string, as: 'any', address: string): Promise<Principal>;
    /** The public keys, as other programs verify with. */
    jwks(): JSONWebKeySet;
  };
  readonly signIn: {
    /**
     * Throws `invalid_credentials`, in the same words and at the same cost for every reason, `rate_limited` after too many
     * failures from this address or about this e-mail, or `overloaded`; the last two with the wait. Of somebody with a
     * second factor the right password throws `SecondFactorDue`, with what the code is to be shown with.
     */
    withPassword(proof: PasswordProof): Promise<SignedIn>;
    /**
     * The second half. Five codes are looked at; throws `code_invalid`, `one_time_secret_invalid` once the sign-in is over, or
     * `rate_limited` with the wait after ten wrong codes within 15 minutes.
     */
    withSecondFactor(proof: CodeProof): Promise<SignedIn>;
    /**
     * With the provider of the company that has proven the e-mail's domain. `fresh`: it has to ask for a proof now. Throws
     * `not_found`, `invalid_input`, `provider_unavailable`, `provider_refused`, `issuer_refused` or `sso_unavailable`.
     */
    start(
      who: { readonly email: string; readonly fresh?: boolean | undefined },
      returnTo?: string,
    ): Promise<{ readonly redirectTo: URL; readonly browserKey: string }>;
    /**
     * Once for each sign-in that was begun, in its browser and within ten minutes: `one_time_secret_invalid` otherwise. Throws
     * `provider_refused` for whatever the provider says that is not believed or not enough, `provider_unavailable`, `rate_limited`.
     */
    finish(callback: ProviderCallback): Promise<{ readonly handOver: string; readonly returnTo: string }>;
    /** Where the page is that began it; undefined for what was not begun here. */
    returnAddressOf(browserKey: string): string | undefined;
    /** Once, within 60 seconds, in the same browser. Throws `one_time_secret_invalid` or `access_revoked`. */
    redeem(proof: HandOverProof): Promise<SignedIn>;
  };
  readonly sessions: {
    /**
     * A new pair; the old renewal token is used up. A repeat by the same device within 10 s gets the same successor as
     * long as that is unused; any other repeat ends the sign-in: `refresh_reused`. What was never issued here is
     * `refresh_invalid`, and `rate_limited` once too much of that came from the address.
     */
    renew(refresh: string, device: string, address: string): Promise<TokenPair>;
    /** One's own that live, the one used last first. */
    list(by: Acting): Promise<readonly OwnSession[]>;
    /** One's own only; `not_found` for any other. Ending another than that which asks throws `step_up_required` without a fresh proof. */
    end(by: Acting, id: SessionId): Promise<void>;
    /** All of one's own but that which asks; answers which. Throws `step_up_required`. */
    endOthers(by: Acting): Promise<readonly SessionId[]>;
    /** Writes down which sign-ins have ended because nobody renewed them in time; called now and then. */
    recordAged(): Promise<void>;
    /** Which of these sign-ins and API keys may no longer be used, and why; for connections, which outlive many checks. */
    endedAmong<K extends SessionId | Id<'key'>>(ids: readonly K[]): Promise<ReadonlyMap<K, Ending>>;
  };
  readonly accounts: {
    /** Rights as they are now, for work that outlives a token; none in a suspended company. Throws `not_found`. */
    contextFor(tenantId: TenantId, userId: UserId): Promise<TenantContext>;
    /** Names of people of the asker's company, by id; others are not among them. */
    namesOf(ctx: TenantContext, ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
    /** Names of people of the asker's company in which one of these words stands, whole, by id; 50 at most. */
    findByName(ctx: TenantContext, words: readonly string[]): Promise<ReadonlyMap<string, string>>;
    /** Who one is, in words. */
    profile(ctx: TenantContext): Promise<{ readonly name: string; readonly company: string; readonly role: Role }>;
    /**
     * By the rules of which plan what companies have is kept: theirs, or for 30 days after a change to a smaller one the larger. Those
     * that are not there are not among them.
     */
    keptPlansOf(tenants: readonly TenantId[]): Promise<ReadonlyMap<TenantId, Plan>>;
    /** IANA name of the zone in which the company's days begin and end; UTC unless it was set. */
    zoneOf(tenantId: TenantId): Promise<string>;
    /** That of one's own company. Throws `not_allowed` without `settings:write`, `invalid_input`. */
    setTimeZone(by: Acting, timeZone: string): Promise<void>;
    /** In the order of their ids, at most `limit` after `after`. Throws `not_allowed`, as all below do. */
    list(by: Acting, query: { readonly after?: UserId; readonly limit: number }): Promise<readonly PersonRow[]>;
    /** Throws `invalid_input`, also where somebody anywhere has the e-mail, or `weak_password`. */
    add(by: Acting, person: NewPerson): Promise<UserId>;
    /** Holds within a second on every instance. Throws `not_found` or `last_owner`. */
    setRole(by: Acting, userId: UserId, role: Role): Promise<void>;
    /** Answers which sign-ins ended with it. Throws `not_found` or `last_owner`. */
    remove(by: Acting, userId: UserId): Promise<readonly SessionId[]>;
    /** Somebody else's; answers which sign-ins it ended. Throws `not_found` or `weak_password`. */
    setPassword(by: Acting, userId: UserId, password: string): Promise<readonly SessionId[]>;
    /** One's own; ends one's other sign-ins and answers which. Throws `invalid_credentials`, `rate_limited` or `weak_password`. */
    changePassword(by: Acting, present: string, next: string): Promise<readonly SessionId[]>;
  };
  /**
   * Second factors. All but `stepUp` throw `step_up_required` without a proof of the last ten minutes. Once a factor has changed, its
   * person's other sign-ins are over: `ended` are those.
   */
  readonly factors: {
    /** For an authenticator app; counts once it is confirmed. Throws `factor_exists`. */
    enrolTotp(by: Acting): Promise<{ readonly uri: string }>;
    /** From the next sign-in on a code is asked for. The backup codes are told here and never again. Throws `code_invalid`. */
    confirmTotp(by: Acting, code: string): Promise<NewCodes>;
    replaceBackupCodes(by: Acting): Promise<NewCodes>;
    /** One's own, or that of somebody whom one may give a password; answers what ended. Throws `not_found` or `not_allowed`. */
    remove(by: Acting, userId: UserId): Promise<readonly SessionId[]>;
    /** Throws `step_up_required`; for sensitive decisions that other modules make. */
    assertFreshProof(by: Acting): Promise<void>;
    /** Proves again who asks, with a code if they have a factor, else with the password; answers until when it counts. */
    stepUp(
      by: Acting,
      proof: { readonly code?: string | undefined; readonly password?: string | undefined },
    ): Promise<Date>;
  };
  /** How a company signs in, as its owners decide. All throw `not_allowed`; those that change something `step_up_required`. */
  readonly sso: {
    settings(by: Acting): Promise<SsoSettings>;
    /**
     * In the place of another provider, ends the sign-ins that that one has vouched for, but one's own; answers which. Throws
     * `issuer_refused`, `provider_unavailable`, `provider_refused`, `invalid_input`, `sso_enforced`, `sso_unavailable`.
     */
    connect(by: Acting, connection: OidcConnection): Promise<readonly Ended[]>;
    /** Ends the sign-ins that the provider has vouched for, but one's own; answers which. Throws `not_found`. */
    disconnect(by: Acting): Promise<readonly Ended[]>;
    /** Throws `invalid_input` or `domain_limit`. */
    claimDomain(by: Acting, domain: string): Promise<DomainClaim>;
    /** Throws `domain_unproven`, `domain_taken` or `not_found`. */
    proveDomain(by: Acting, domain: string): Promise<DomainClaim>;
    /** Throws `not_found`. */
    dropDomain(by: Acting, domain: string): Promise<void>;
    /** Closes every other way in but that of the named owner. Throws `sso_required`, `not_found` or `invalid_input`. */
    enforce(by: Acting, emergencyOwner: UserId): Promise<void>;
    /** Throws `not_found`. */
    lift(by: Acting): Promise<void>;
    /** A provider's notice that somebody has signed out there. Throws `token_invalid`, `provider_unavailable`, `rate_limited`. */
    backChannelLogout(token: string, address: string): Promise<readonly EndedByProvider[]>;
  };
  /** Keys for programs. Throws `not_allowed`. */
  readonly apiKeys: {
    /** The secret is told here and never again. Throws `invalid_input` or `api_key_limit`. */
    create(by: Acting, key: NewApiKey): Promise<{ readonly record: ApiKey; readonly secretShownOnce: string }>;
    /** Of the whole company, newest first. */
    list(by: Acting): Promise<readonly ApiKey[]>;
    /** Holds within a second on every instance. Answers whose it was. Throws `not_found`. */
    revoke(by: Acting, keyId: Id<'key'>): Promise<UserId>;
  };
  /** What was decided about a company, by whom. Throws `not_allowed`. */
  readonly audit: {
    /** Newest first. */
    read(ctx: TenantContext, query: AuditQuery): Promise<readonly AuditEntry[]>;
    /** What happened to one's own account, newest first: needs `account:use` only. */
    readOwn(ctx: TenantContext, query: AuditQuery): Promise<readonly AuditEntry[]>;
    /** Follows the whole chain, and names the first entry with which something is wrong. */
    verify(ctx: TenantContext): Promise<ChainVerdict>;
    /** Removes what is older than plans keep, in all companies, but where the law keeps it; called now and then. */
    keepUp(closing?: AbortSignal): Promise<void>;
  };
  readonly provisioning: {
    /** Throws `operator_unknown`, after ten wrong keys within a minute `rate_limited`; the right key is let in all the same. */
    recognise(credential: string, address: string): Promise<Operator>;
    /** With its owner, where they are named; again with the same `key`, it is the same company. Throws `idempotency_key_reused`. */
    createTenant(by: Operator, tenant: NewTenant, key?: string): Promise<TenantId>;
    /** Holds within a second on every instance. Throws `not_found`. */
    setPlan(by: Operator, tenantId: TenantId, plan: Plan): Promise<void>;
    /** Throws `not_found`, `invalid_input`, `weak_password` or `email_taken`. */
    addPerson(by: Operator, tenantId: TenantId, person: NewPerson): Promise<UserId>;
    /** Throws `not_found`, `invalid_input`. */
    setTimeZone(by: Operator, tenantId: TenantId, timeZone: string): Promise<void>;
    /** Nobody of the company gets in, and all their sign-ins end, for good. Throws `not_found`. */
    suspendTenant(by: Operator, tenantId: TenantId): Promise<void>;
    /** Passwords count again in a company whose provider is lost for good. Throws `not_found`. */
    liftSso(by: Operator, tenantId: TenantId): Promise<void>;
    /** Its people can sign in again. Throws `not_found`. */
    restoreTenant(by: Operator, tenantId: TenantId): Promise<void>;
  };
}

export interface NewTenant {
  readonly name: string;
  readonly plan: Plan;
  /** Without one, nobody can make owners until operators add one. */
  readonly owner?: Omit<NewPerson, 'role'>;
}

export interface NewPerson {
  readonly name: string;
  /** Unique over the whole platform, whatever its capitals. */
  readonly email: string;
  /** 12 to 128 characters. */
  readonly password: string;
  readonly role: Role;
}
