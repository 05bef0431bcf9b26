import type { Id, TenantContext } from '../kernel';
import type { IdCode } from './errors';
import type { IdKind, MigrationId } from './kinds';

/** A record as it was known before: its kind and its UUID, and those of what it belongs to. */
export interface LegacyRecord {
  readonly kind: IdKind;
  readonly legacy: string;
  readonly parent?: { readonly kind: IdKind; readonly legacy: string };
}

/** A record that got no name. `legacy` is as it came, but long and unprintable text is abbreviated and escaped. */
export interface Refusal {
  readonly kind: IdKind;
  readonly legacy: string;
  readonly reason: IdCode;
}

/** All that a company has brought: every record seen is either converted or refused, and never forgotten. */
export interface Books {
  readonly seen: number;
  readonly converted: number;
  readonly refused: readonly Refusal[];
  /** Converted records whose parent has not been brought. */
  readonly orphans: readonly LegacyRecord[];
}

export interface MigrationReport extends Books {
  readonly mayCutOver: boolean;
}

/** A line of the books before it is written. */
export interface LedgerEntry {
  readonly kind: IdKind;
  readonly legacy: string;
  readonly parentKind: IdKind | null;
  readonly parentLegacy: string | null;
  readonly newId: Id | null;
  readonly reason: IdCode | null;
}

/** Where the books are kept. Every operation is one turn: it lands whole or not at all. */
export interface MigrationLedger {
  open(ctx: TenantContext, migration: { id: MigrationId; name: string; at: Date }): Promise<void>;
  enter(
    ctx: TenantContext,
    name: string,
    entries: readonly LedgerEntry[],
    at: Date,
  ): Promise<{ converted: number; already: number; refused: readonly Refusal[] } | 'closed'>;
  find(ctx: TenantContext, kind: IdKind, legacy: string): Promise<Id | undefined>;
  remove(ctx: TenantContext, kind: IdKind, legacy: string): Promise<boolean>;
  books(ctx: TenantContext): Promise<Books>;
  /** Closes the migration if its books pass; returns what they said. */
  close(ctx: TenantContext, name: string, passes: (books: Books) => boolean, at: Date): Promise<Books>;
}
