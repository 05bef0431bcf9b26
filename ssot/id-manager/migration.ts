import type { Clock, Id, Logger, TenantContext } from '../kernel';
import type { IdSource } from './id-source';
import { IdError } from './errors';
import type { IdKind } from './kinds';
import { entryOf, legacyText } from './ledger-entry';
import type { Books, LegacyRecord, MigrationLedger, MigrationReport, Refusal } from './migration-ledger';

/** A company's move from plain UUIDs to names. It can be stopped, killed and repeated at any point. */
export interface Migration extends AsyncDisposable {
  /**
   * Enters a batch, whole or not at all; 1,000 records at a time is a good size. Records that were entered before are
   * counted as `already`; refused ones are listed with their reason and do not hold up the others.
   * Throws `id_migration_closed` after the cut-over, and what the database throws, in which case nothing was entered.
   */
  add(batch: readonly LegacyRecord[]): Promise<BatchOutcome>;
  /** The name of a record that came under an old one. The only place that answers to old names, and it does for good. */
  resolve(kind: IdKind, legacy: string): Promise<Id | undefined>;
  /** Takes a refused or orphaned record off the books, because it was corrected at its source. True when it stood there. */
  withdraw(kind: IdKind, legacy: string): Promise<boolean>;
  report(): Promise<MigrationReport>;
  /** Ends the move. Throws `id_migration_unbalanced` while a record is refused or its parent is missing. */
  cutOver(): Promise<void>;
}

export interface BatchOutcome {
  readonly converted: number;
  readonly already: number;
  readonly refused: readonly Refusal[];
}

export interface MigrationParts {
  readonly ledger: MigrationLedger;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly log: Logger;
}

/** Opens the company's migration of this name, or goes on with it. */
export async function openMigration(ctx: TenantContext, name: string, parts: MigrationParts): Promise<Migration> {
  await parts.ledger.open(ctx, { id: parts.ids.next('mig'), name, at: new Date(parts.clock.now()) });
  return new OpenMigration(ctx, name, parts);
}

const PROGRESS_EVERY_MS = 1_000;

class OpenMigration implements Migration {
  readonly #total = { converted: 0, already: 0, refused: 0 };
  #reportedAt: number;

  constructor(
    private readonly ctx: TenantContext,
    private readonly name: string,
    private readonly parts: MigrationParts,
  ) {
    this.#reportedAt = parts.clock.monotonic();
  }

  async add(batch: readonly LegacyRecord[]): Promise<BatchOutcome> {
    const at = new Date(this.parts.clock.now());
    const outcome = await this.parts.ledger.enter(this.ctx, this.name, batch.map(entryOf), at);
    if (outcome === 'closed') throw closed(this.name);
    this.#total.converted += outcome.converted;
    this.#total.already += outcome.already;
    this.#total.refused += outcome.refused.length;
    const now = this.parts.clock.monotonic();
    if (now - this.#reportedAt >= PROGRESS_EVERY_MS) {
      this.#reportedAt = now;
      this.parts.log.info({ migration: this.name, ...this.#total }, 'migration goes on');
    }
    return outcome;
  }

  resolve(kind: IdKind, legacy: string): Promise<Id | undefined> {
    return this.parts.ledger.find(this.ctx, kind, legacyText(legacy));
  }

  withdraw(kind: IdKind, legacy: string): Promise<boolean> {
    return this.parts.ledger.remove(this.ctx, kind, legacyText(legacy));
  }

  async report(): Promise<MigrationReport> {
    const books = await this.parts.ledger.books(this.ctx);
    return { ...books, mayCutOver: balanced(books) };
  }

  async cutOver(): Promise<void> {
    const at = new Date(this.parts.clock.now());
    const books = await this.parts.ledger.close(this.ctx, this.name, balanced, at);
    if (!balanced(books)) throw unbalanced(books);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (Object.values(this.#total).some((count) => count > 0)) {
      this.parts.log.info({ migration: this.name, ...this.#total }, 'migration left');
    }
  }
}

function balanced({ seen, converted, refused, orphans }: Books): boolean {
  return seen === converted && refused.length === 0 && orphans.length === 0;
}

function closed(name: string): IdError {
  return new IdError({
    code: 'id_migration_closed',
    message: `The migration "${name}" is over. Records that came late need a migration of their own.`,
  });
}

function unbalanced({ seen, converted, refused, orphans }: Books): IdError {
  return new IdError({
    code: 'id_migration_unbalanced',
    message:
      `Of ${seen} records ${converted} are converted, ${refused.length} refused and ${orphans.length} orphaned. ` +
      'Correct them at their source, withdraw them here and add them again.',
  });
}
