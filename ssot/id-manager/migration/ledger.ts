import type { Id, TenantContext } from '../../kernel';
import type { IdCode } from '../errors';
import type { IdKind, MigrationId } from '../kinds';

/** A record as its former system knows it: kind and UUID, and those of the record that it belongs to. */
export interface LegacyRecord {
  readonly kind: IdKind;
  readonly legacy: string;
  readonly parent?: { readonly kind: IdKind; readonly legacy: string };
}

/** A record that got no id. `legacy` is as it came, but long and unprintable text is abbreviated and escaped. */
export interface Refusal {
  readonly kind: IdKind;
  readonly legacy: string;
  readonly reason: IdCode;
}

/** All that a tenant has imported: every record seen is either converted or refused. */
export interface LedgerTotals {
  readonly seen: number;
  readonly converted: number;
  readonly refused: readonly Refusal[];
  /** Converted records whose parent has not been imported. */
  readonly orphans: readonly LegacyRecord[];
}

export interface MigrationReport extends LedgerTotals {
  readonly mayCutOver: boolean;
}

/** What became of one batch. */
export interface BatchOutcome {
  readonly converted: number;
  /** Records that had been imported before. */
  readonly already: number;
  readonly refused: readonly Refusal[];
}

/** An entry of the ledger before it is written. */
export interface LedgerEntry {
  readonly kind: IdKind;
  readonly legacy: string;
  readonly parentKind: IdKind | null;
  readonly parentLegacy: string | null;
  readonly newId: Id | null;
  readonly reason: IdCode | null;
}

/** Where migrations and their entries are stored. Every operation is one transaction: all or nothing. */
export interface MigrationLedger {
  open(ctx: TenantContext, migration: { id: MigrationId; name: string; at: Date }): Promise<void>;
  add(ctx: TenantContext, name: string, entries: readonly LedgerEntry[], at: Date): Promise<BatchOutcome | 'closed'>;
  find(ctx: TenantContext, kind: IdKind, legacy: string): Promise<Id | undefined>;
  remove(ctx: TenantContext, kind: IdKind, legacy: string): Promise<boolean>;
  totals(ctx: TenantContext): Promise<LedgerTotals>;
  /** Closes the migration if `mayClose` accepts the totals; returns them. */
  close(ctx: TenantContext, name: string, mayClose: (totals: LedgerTotals) => boolean, at: Date): Promise<LedgerTotals>;
}
