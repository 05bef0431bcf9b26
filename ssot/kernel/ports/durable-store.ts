import type { TenantId } from '../values/id';
import type { TenantContext } from '../values/tenant-context';

/** Which durable entry: its owner and its name below that, spelt by state-manager and unique in a tenant. */
export interface DurableRef {
  readonly owner: string;
  readonly name: string;
}

/** An entry as it is stored: `body` is sealed by state-manager and opaque here. */
export interface DurableRecord extends DurableRef {
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

/** `expect` is a rev (`incarnation.version`), `absent`, or '' for whatever stands there. */
export type DurableOp =
  | (DurableRef & {
      readonly op: 'put';
      readonly expect: string;
      /** Of a new entry. */
      readonly incarnation: string;
      readonly body: string;
      readonly shape: number;
      /** Of a new entry. */
      readonly defaultLifetimeMs: number;
      /** From now on, whatever the entry's lifetime was. Without it a change keeps the end. */
      readonly lifetimeMs?: number | undefined;
    })
  | (DurableRef & { readonly op: 'remove'; readonly expect: string });

/** What stands there afterwards; after a removal only whether there `was` something. */
export type DurableResult =
  | { readonly incarnation: string; readonly version: number; readonly expiresAt: Date }
  | { readonly was: boolean };
export type DurableRefusal =
  | { readonly refused: 'conflict'; readonly current: DurableRecord | null }
  | { readonly refused: 'erased' };
export interface DurableOutcome {
  readonly result: DurableResult;
  /** Nothing was written now: this write had landed before. */
  readonly replayed: boolean;
  /** The subscriber has the change; otherwise it is delivered again until it has. */
  readonly delivered: boolean;
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
 * One committed change. `current` is what stands there by the time of delivery, which may be newer; null when nothing does
 * or whoever delivers cannot see it, so that a copy must be fetched again.
 */
export interface DurableChange extends DurableRef {
  readonly tenantId: TenantId;
  readonly op: 'created' | 'updated' | 'removed' | 'expired';
  readonly version: number;
  readonly stamp: number;
  readonly current: DurableRecord | null;
}

/**
 * Working state that must outlive Redis. Met by state-persistence, used by state-manager: the two share a floor. Rejects
 * with a retryable `PlatformError` when the store cannot be asked.
 */
export interface DurableStore {
  /** Undefined when there is none, or it has expired. */
  load(ctx: TenantContext, ref: DurableRef): Promise<DurableRecord | undefined>;
  /** In one transaction. The same `writeId` of the same user gets the first outcome again for 120 s. */
  apply(ctx: TenantContext, op: DurableOp, writeId?: string): Promise<DurableOutcome | DurableRefusal>;
  /** Newest first by creation, at most `limit`. */
  page(ctx: TenantContext, query: DurableQuery): Promise<readonly DurableRecord[]>;
  /** Removes what begins with `start`. `erasing`: everything, undelivered, and later writes for the owner are refused for a day. */
  clear(ctx: TenantContext, owner: string, start: string, erasing: boolean): Promise<{ removed: number }>;
  /** Removes what has expired in one tenant. True when the tenant keeps nothing any more. */
  sweep(tenantId: TenantId): Promise<boolean>;
  /** Every committed change, in order for each entry, again until `deliver` resolves. */
  subscribe(deliver: (change: DurableChange) => Promise<void>): AsyncDisposable;
  /** How long the oldest change has waited for its delivery, as last seen. */
  readonly behindMs: number;
}
