import type { TenantId } from './id';
import type { TenantContext } from './tenant-context';

/** Where a durable entry stands: whose it is and its name below that, spelt by state-manager and unique in a company. */
export interface StateRef {
  readonly owner: string;
  readonly name: string;
}

/** An entry as it is stored: `body` is sealed by state-manager and opaque here. */
export interface DurableRecord extends StateRef {
  /** A removed entry that is written again gets another one. */
  readonly incarnation: string;
  readonly version: number;
  /** Rises with every change of an entry, over removals too: of two copies the one with the higher stamp is newer. */
  readonly stamp: number;
  /** The stamp of its creation: the order of lists. */
  readonly order: number;
  readonly body: string;
  readonly shape: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly expiresAt: Date;
}

/** `rev` is `incarnation.version`; '' expects nothing. */
export type DurableOp =
  | (StateRef & {
      readonly op: 'put';
      readonly expect: string;
      readonly incarnation: string;
      readonly body: string;
      readonly shape: number;
      /** Of a new entry: how long it lives, or when it ends. A change keeps the end unless `lifetimeMs` is given. */
      readonly life: number | Date;
      readonly lifetimeMs?: number | undefined;
    })
  | (StateRef & { readonly op: 'touch'; readonly expect: string; readonly lifetimeMs: number })
  | (StateRef & { readonly op: 'remove'; readonly expect: string });

/** Of each operation what stands there afterwards; after a removal only whether there `was` something. */
export type DurableResult =
  { readonly incarnation: string; readonly version: number; readonly expiresAt: Date } | { readonly was: boolean };
export type DurableRefusal =
  | { readonly refused: 'conflict'; readonly index: number; readonly stands: DurableRecord | null }
  | { readonly refused: 'erased' };
export interface DurableOutcome {
  readonly results: readonly DurableResult[];
  /** Nothing was written now: this write had landed before. */
  readonly replayed: boolean;
  /** The listener has heard of it; otherwise it is told again until it has. */
  readonly told: boolean;
}

export interface DurableQuery {
  readonly owner: string;
  /** Literal beginning of the names; `middle` follows the next colon after it, when given. */
  readonly start: string;
  readonly middle: string;
  readonly since: Date;
  /** Only entries created before this one. */
  readonly below: number | null;
  readonly limit: number;
}

/**
 * One committed change. `now` is what stands there by the time of telling, which may be newer; null when nothing does or
 * whoever tells cannot see it, so that a copy must be fetched again.
 */
export interface DurableChange extends StateRef {
  readonly tenantId: TenantId;
  readonly op: 'created' | 'updated' | 'removed' | 'expired';
  readonly version: number;
  readonly stamp: number;
  readonly now: DurableRecord | null;
}

/**
 * Working state that must outlive Redis. Met by state-persistence, used by state-manager: the two share a floor. Rejects
 * with a retryable `PlatformError` when the store cannot be asked.
 */
export interface DurableBack {
  /** Without those that have ended. */
  load(ctx: TenantContext, refs: readonly StateRef[]): Promise<readonly (DurableRecord | undefined)[]>;
  /** All or none, in one transaction. The same `writeId` of the same person gets the first outcome again for 120 s. */
  apply(ctx: TenantContext, ops: readonly DurableOp[], writeId?: string): Promise<DurableOutcome | DurableRefusal>;
  /** Newest first by creation, at most `limit`. */
  page(ctx: TenantContext, query: DurableQuery): Promise<readonly DurableRecord[]>;
  /** Removes what begins with `start`. `erasing`: everything, untold, and later writes for the owner are refused for a day. */
  clear(ctx: TenantContext, owner: string, start: string, erasing: boolean): Promise<{ removed: number }>;
  /** Ends what is over in one company. True when the company keeps nothing any more. */
  sweep(tenantId: TenantId): Promise<boolean>;
  /** Every committed change, in order for each entry, again until `deliver` resolves. */
  changes(deliver: (change: DurableChange) => Promise<void>): AsyncDisposable;
  /** How long the oldest change has waited to be told, as last seen. */
  readonly behindMs: number;
}
