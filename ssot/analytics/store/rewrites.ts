import { z } from 'zod';
import type { TenantId } from '../../kernel';
import { Batches } from './batches';
import { PARTITION } from '../schema/layout';
import { literal, type Store } from './store';

/** Their names fit into one statement, of which ClickHouse reads at most 256 KiB. */
const MAX_AT_ONCE = 1_000;

/** Values of the table's key columns, from the first on; fewer of them name more rows. */
export type RowKey = readonly [tenantId: TenantId, ...rest: readonly string[]];

const placeRow = z.object({ tenant_id: z.string(), partition: z.string().regex(/^\d+$/) });

/**
 * Changes of stored rows of a table that is divided by company. ClickHouse rewrites each part whole that has one of them, however many
 * they are; so what is asked for together, or while a rewrite is under way, is done in one.
 */
export class Rewrites {
  readonly #batches: Batches<RowKey>;

  constructor(
    private readonly store: Store,
    private readonly table: 'archive' | 'usage',
    /** `delete`, or `update … = …`. */
    private readonly change: string,
    private readonly columns: readonly ['tenant_id', ...string[]],
  ) {
    this.#batches = new Batches(MAX_AT_ONCE, (keys) => this.#rewrite(keys));
  }

  /** Resolves when no server has these rows as they were, but in parts that no question reads any more. */
  async apply(...keys: readonly RowKey[]): Promise<void> {
    await Promise.all(keys.map((key) => this.#batches.add(key)));
  }

  /** One statement. A rewrite of nothing would still go through every part, and one without a partition through those of all companies. */
  async #rewrite(keys: readonly RowKey[]): Promise<void> {
    const places = await this.store.askAcross(
      this.table,
      `select distinct tenant_id, toString(${PARTITION}) as partition from ${this.table} where ${this.#named(keys)}`,
      {},
      placeRow,
    );
    const partitionOf = new Map(places.map(({ tenant_id: tenantId, partition }) => [tenantId, partition]));
    const there = keys.filter(([tenantId]) => partitionOf.has(tenantId));
    if (there.length === 0) return;
    const commands = [...Map.groupBy(there, ([tenantId]) => partitionOf.get(tenantId) as string)].map(
      ([partition, some]) => `${this.change} in partition id '${partition}' where ${this.#named(some)}`,
    );
    await this.store.define(`alter table ${this.table} ${commands.join(', ')} settings mutations_sync = 2`);
  }

  #named(keys: readonly RowKey[]): string {
    return [...Map.groupBy(keys, ({ length }) => length)]
      .map(([length, some]) => {
        const values = some.map((key) => `(${key.map(literal).join(', ')})`);
        return `(${this.columns.slice(0, length).join(', ')}) in (${values.join(', ')})`;
      })
      .join(' or ');
  }
}
