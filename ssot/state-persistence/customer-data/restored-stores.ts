import { z } from 'zod';
import type { ErasureRecord } from '../../analytics';
import { servicePrincipal, sql, type TenantId, type Transaction } from '../../kernel';
import { moment } from '../working-state-rows';
import type { CustomerDataRequestsDeps } from './contract';
import { beginAgain } from './erasure-rows';

const RELAY = servicePrincipal('restored-stores');
/** As long as operators are reminded of it. */
const TOLD_MS = 3_600_000;

const knownRow = z
  .object({ tenant_id: z.custom<TenantId>(), subject: z.string(), requested_at: z.date(), is_done: z.boolean() })
  .transform(({ tenant_id: tenantId, subject, requested_at: at, is_done: isDone }) => {
    return { tenantId, subject, requestedAt: at.getTime(), isDone };
  });
type Restored = 'PostgreSQL' | 'ClickHouse';

/**
 * PostgreSQL and ClickHouse each keep a list of all erasures. What one of them lists and the other one does not was erased after the
 * other's backup: it is erased again everywhere, and entered again.
 */
export class RestoredStores {
  readonly #found = new Map<Restored, { readonly erasures: number; readonly at: number }>();

  constructor(private readonly deps: CustomerDataRequestsDeps) {}

  /** Resolves with how many erasures begin again. Throws when a store does not answer. */
  async compare(): Promise<number> {
    const { db, records, time } = this.deps;
    // In this order: what is noted meanwhile stands in PostgreSQL already.
    const noted = await records.all();
    const known = await db.asService(RELAY, readKnown, { readOnly: true });
    const lost = {
      PostgreSQL: await this.#ofKnownCompanies(missingIn(known, noted)),
      ClickHouse: missingIn(
        noted,
        known.filter(({ isDone }) => isDone),
      ),
    };
    for (const restored of ['PostgreSQL', 'ClickHouse'] as const) {
      const subjects = lost[restored];
      if (subjects.length === 0) continue;
      await db.asService(RELAY, (tx) => beginAgain(tx, subjects, moment(time)));
      this.#tell(restored, subjects.length);
    }
    return lost.PostgreSQL.length + lost.ClickHouse.length;
  }

  /** What operators are told for an hour. */
  get cause(): string | undefined {
    const now = this.deps.clock.monotonic();
    const recent = [...this.#found].filter(([, { at }]) => now - at < TOLD_MS);
    if (recent.length === 0) return undefined;
    return recent.map(([restored, { erasures }]) => sentence(restored, erasures)).join(' ');
  }

  /** Of a company that is not there nothing is there either; the history may be that of another deployment. */
  async #ofKnownCompanies(erasures: readonly ErasureRecord[]): Promise<readonly ErasureRecord[]> {
    if (erasures.length === 0) return [];
    const there = await this.deps.plansOf([...new Set(erasures.map(({ tenantId }) => tenantId))]);
    return erasures.filter(({ tenantId }) => there.has(tenantId));
  }

  #tell(restored: Restored, erasures: number): void {
    const { logger, metrics, clock } = this.deps;
    this.#found.set(restored, { erasures, at: clock.monotonic() });
    metrics.count('erasures_applied_again_total', { restored: restored.toLowerCase() }, erasures);
    logger.warn({ restored, erasures }, sentence(restored, erasures));
  }
}

function sentence(restored: Restored, erasures: number): string {
  const what = erasures === 1 ? 'an erasure, which is' : `${erasures} erasures, which are`;
  return `${restored} came back from before ${what} applied again.`;
}

function readKnown(tx: Transaction) {
  return tx.query(sql`select tenant_id, subject, requested_at, done_at is not null as is_done from erasure`, knownRow);
}

/** Those that are listed, and here not, or as an earlier one. */
function missingIn(here: readonly ErasureRecord[], listed: readonly ErasureRecord[]): readonly ErasureRecord[] {
  const at = new Map(here.map((one) => [keyOf(one), one.requestedAt]));
  return listed.filter((one) => (at.get(keyOf(one)) ?? -Infinity) < one.requestedAt);
}

function keyOf({ tenantId, subject }: ErasureRecord): string {
  return `${tenantId} ${subject}`;
}
