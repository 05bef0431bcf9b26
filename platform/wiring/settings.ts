import { z } from 'zod';
import { listPrices, priceAt, type PriceEntry, type PriceTable } from '../../ssot/analytics';
import type { Configuration, ReloadBus, Snapshot } from '../../ssot/configuration-manager';
import { idSchema } from '../../ssot/id-manager';
import type { TenantContext } from '../../ssot/kernel';
import type { StateManager } from '../../ssot/state-manager';

const SETTINGS = { platform: 'settings' } as const;
const changed = z.object({ tenantId: idSchema('tenant') });

/** Word to all instances that a company's settings have changed: whose, and nothing of what they are. */
export function reloadBusOver(state: StateManager): ReloadBus {
  return {
    publish: (tenantId, version) => state.hint(SETTINGS, { tenantId, version }),
    subscribe: (on, onGap) =>
      state.onHint(SETTINGS, (note) => {
        const read = changed.safeParse(note);
        if (read.success) on(read.data.tenantId);
        else onGap();
      }),
  };
}

/** The list prices with those in their place that a company has negotiated. */
export function pricesFrom(configuration: () => Configuration): { for(ctx: TenantContext): Promise<PriceTable> } {
  const tables = new WeakMap<Snapshot, PriceTable>();
  return {
    async for(ctx) {
      const snapshot = await configuration().for(ctx);
      const table = tables.get(snapshot) ?? priceTableOf(snapshot);
      tables.set(snapshot, table);
      return table;
    },
  };
}

function priceTableOf({ version, settings }: Snapshot): PriceTable {
  const { negotiatedPrices } = settings.analytics;
  if (negotiatedPrices.length === 0) return listPrices;
  const isReplaced = (entry: PriceEntry): boolean =>
    negotiatedPrices.some(
      ({ provider, model, from }) =>
        provider === entry.provider && model === entry.model && Date.parse(from) <= Date.parse(entry.from),
    );
  const negotiated = negotiatedPrices.map(({ batchFactor, ...price }): PriceEntry => {
    const listed = priceAt(listPrices, price.provider, price.model, Date.parse(price.from));
    const smaller = listed?.smaller;
    return { ...price, ...(batchFactor !== undefined && { batchFactor }), ...(smaller !== undefined && { smaller }) };
  });
  const listed = listPrices.entries.filter((entry) => !isReplaced(entry));
  return { version: `${listPrices.version}, company ${version}`, entries: [...listed, ...negotiated] };
}
