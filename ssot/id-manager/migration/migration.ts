import type { Clock, Id, Logger, TenantContext } from '../../kernel';
import { IdError } from '../errors';
import type { IdSource } from '../generation/id-source';
import type { IdKind } from '../kinds';
import { entryOf, legacyText } from './ledger-entry';
import type { BatchOutcome, LedgerTotals, LegacyRecord, MigrationLedger, MigrationReport } from './ledger';

/** A tenant's migration from plain UUIDs to ids. It can be stopped, killed and repeated at any point. */
export interface Migration extends AsyncDisposable {
  /**
   * Imports a batch, all or nothing; 1,000 records at a time is a good size. Records that were imported before are
   * counted as `already`; refused ones are listed with their reason and do not hold up the others.
   * Throws `id_migration_closed` after the cut-over, and what the database throws, in which case nothing was imported.
   */
  add(batch: readonly LegacyRecord[]): Promise<BatchOutcome>;
  /** The id of an imported record, during the migration and for good. The only place that accepts legacy UUIDs. */
  resolve(kind: IdKind, legacy: string): Promise<Id | undefined>;
  /** Removes a refused or orphaned record that was corrected at its source. False if there is none to remove. */
  withdraw(kind: IdKind, legacy: string): Promise<boolean>;
  report(): Promise<MigrationReport>;
  /** Closes the migration. Throws `id_migration_unbalanced` while a record is refused or its parent is missing. */
  cutOver(): Promise<void>;
}

export interface MigrationDeps {
  readonly ledger: MigrationLedger;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
}

/** Opens the tenant's migration of this name, or continues it. */
export async function openMigration(ctx: TenantContext, name: string, deps: MigrationDeps): Promise<Migration> {
  await deps.ledger.open(ctx, { id: deps.ids.next('mig'), name, at: new Date(deps.clock.now()) });
  return new OpenMigration(ctx, name, deps);
}

const PROGRESS_EVERY_MS = 1_000;

class OpenMigration implements Migration {
  readonly #total = { converted: 0, already: 0, refused: 0 };
  #reportedAt: number;

  constructor(
    private readonly ctx: TenantContext,
    private readonly name: string,
    private readonly deps: MigrationDeps,
  ) {
    this.#reportedAt = deps.clock.monotonic();
  }

  async add(batch: readonly LegacyRecord[]): Promise<BatchOutcome> {
    const at = new Date(this.deps.clock.now());
    const outcome = await this.deps.ledger.add(this.ctx, this.name, batch.map(entryOf), at);
    if (outcome === 'closed') throw closed(this.name);
    this.#total.converted += outcome.converted;
    this.#total.already += outcome.already;
    this.#total.refused += outcome.refused.length;
    const now = this.deps.clock.monotonic();
    if (now - this.#reportedAt >= PROGRESS_EVERY_MS) {
      this.#reportedAt = now;
      this.deps.logger.info({ migration: this.name, ...this.#total }, 'migration in progress');
    }
    return outcome;
  }

  resolve(kind: IdKind, legacy: string): Promise<Id | undefined> {
    return this.deps.ledger.find(this.ctx, kind, legacyText(legacy));
  }

  withdraw(kind: IdKind, legacy: string): Promise<boolean> {
    return this.deps.ledger.remove(this.ctx, kind, legacyText(legacy));
  }

  async report(): Promise<MigrationReport> {
    const totals = await this.deps.ledger.totals(this.ctx);
    return { ...totals, mayCutOver: isBalanced(totals) };
  }

  async cutOver(): Promise<void> {
    const at = new Date(this.deps.clock.now());
    const totals = await this.deps.ledger.close(this.ctx, this.name, isBalanced, at);
    if (!isBalanced(totals)) throw unbalanced(totals);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (Object.values(this.#total).some((count) => count > 0)) {
      this.deps.logger.info({ migration: this.name, ...this.#total }, 'migration paused or finished');
    }
  }
}

function isBalanced({ seen, converted, refused, orphans }: LedgerTotals): boolean {
  return seen === converted && refused.length === 0 && orphans.length === 0;
}

function closed(name: string): IdError {
  return new IdError({
    code: 'id_migration_closed',
    message: `The migration "${name}" is closed. Import late records with a migration of another name.`,
  });
}

function unbalanced({ seen, converted, refused, orphans }: LedgerTotals): IdError {
  return new IdError({
    code: 'id_migration_unbalanced',
    message:
      `Of ${seen} records ${converted} are converted, ${refused.length} refused and ${orphans.length} orphaned. ` +
      'Correct them at their source, withdraw them here and import them again.',
  });
}
