import type {
  Clock,
  CustomerData,
  Json,
  Logger,
  Metrics,
  Random,
  TenantContext,
  TenantId,
  Transactions,
  UserId,
} from '../../kernel';
import type { PlanLimits } from '../plans';
import type { Secret } from '../secret';
import type { SettingKey } from './declarations';
import type { NegotiatedPrice } from './negotiated-prices';

/** Where a value comes from, weakest first: the nearer wins, whenever it was written. */
export type Source = 'default' | 'environment' | 'tenant';

/** The sections that companies have a part in, as they are for one company. Frozen. */
export interface TenantSettings {
  readonly analytics: { readonly negotiatedPrices: readonly NegotiatedPrice[] };
  readonly chat: { readonly keptDays: number };
  readonly identity: { readonly secondFactorRequired: boolean };
  readonly model: {
    readonly wording: boolean;
    readonly name: string;
    /** Its `reveal` throws `secret_unreadable` when the company's own does not open: the platform's is never used instead. */
    readonly key: Secret;
  };
}

/** What holds for a company now. Frozen; a later change makes another one. */
export interface Snapshot {
  /** Rises by one with each change; 0 before the first. */
  readonly version: number;
  readonly settings: TenantSettings;
  /** The limits of the caller's plan, lowered where the company has chosen less. */
  readonly limits: PlanLimits;
}

/** One setting and where it comes from. Credentials have no values here. */
export interface Explanation {
  readonly key: SettingKey;
  readonly isSecret: boolean;
  readonly source: Source;
  /** Left out of a credential. */
  readonly value?: Json;
  /** What the value in force hides, nearest first. */
  readonly hides: readonly { readonly source: Source; readonly value?: Json }[];
  /** Why the company's own setting is not in force, or not as it was made. */
  readonly setAside?: string;
  /** The most that the company's plan allows. */
  readonly max?: number;
}

export interface ChangeRequest {
  /** The version the change was made from; a conflict only if one of the same settings has changed since. */
  readonly expectedVersion: number;
  /** 3 to 500 characters, kept in the history. */
  readonly reason: string;
  /** The same one again is the same change. */
  readonly requestId: string;
}
export interface Change extends ChangeRequest {
  readonly set?: Readonly<Record<string, unknown>>;
  readonly remove?: readonly string[];
}

export interface Receipt {
  readonly version: number;
  readonly changed: readonly string[];
  /** Credentials, which a restore leaves as they are. */
  readonly left: readonly string[];
  readonly repeated: boolean;
  /** `by_poll`: other instances find it by themselves, a second later. */
  readonly announced: 'now' | 'by_poll';
}

/** One change of the history. */
export interface ChangeRecord {
  readonly version: number;
  readonly actorId: UserId;
  readonly reason: string;
  readonly at: Date;
  readonly items: readonly ChangeItem[];
}
export interface ChangeItem {
  readonly key: string;
  /** Undefined where the company had no setting of its own, and always for credentials. */
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  /** Fingerprints of a credential: they say that it changed, not what it is. */
  readonly prints?: { readonly before: string | null; readonly after: string | null };
}

/** Settings of companies: read from memory, changed in PostgreSQL, in force on every instance within two seconds. */
export interface Configuration extends AsyncDisposable {
  /** What holds for the caller's company. One reading of PostgreSQL a company, then memory. Throws `store_unavailable`. */
  for(ctx: TenantContext): Promise<Snapshot>;
  /** Every setting that companies may make, with its source. Needs `settings:read`. */
  explain(ctx: TenantContext): Promise<{ readonly version: number; readonly settings: readonly Explanation[] }>;
  /** All or nothing. Needs `settings:write`. Throws `ConfigurationError`. */
  change(ctx: TenantContext, change: Change): Promise<Receipt>;
  /** The settings of an earlier version as a new one; credentials stay as they are and are named. Needs `settings:write`. */
  restore(ctx: TenantContext, request: ChangeRequest & { readonly toVersion: number }): Promise<Receipt>;
  /** Newest first. Needs `settings:read`. */
  history(
    ctx: TenantContext,
    page?: { readonly before?: number; readonly limit?: number },
  ): Promise<readonly ChangeRecord[]>;
  readonly customerData: CustomerData;
  status(): ConfigurationStatus;
}

export interface ConfigurationStatus {
  readonly companies: number;
  /** How long ago PostgreSQL last said that what is loaded is what is stored, milliseconds; 0 when nothing is loaded. */
  readonly unconfirmedMs: number;
}

/** Word between instances that a company's settings have changed. A hint: whoever hears it reads what is stored. */
export interface ReloadBus {
  publish(tenantId: TenantId, version: number): Promise<void>;
  /** `onGap`: some may have been missed. */
  subscribe(on: (tenantId: TenantId) => void, onGap: () => void): Promise<AsyncDisposable>;
}

export interface ConfigurationDeps {
  readonly db: Transactions;
  readonly bus: ReloadBus;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
}
