import { z } from 'zod';
import { listPrices, priceAt, type PriceEntry, type PriceTable } from '../../ssot/analytics';
import { createLanguageModel, type LanguageModel, type LanguageModels } from '../../ssot/agent-registry';
import type { Configuration, LimitsFor, ReloadBus, Secret, Snapshot } from '../../ssot/configuration-manager';
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

/** The plan's limits, lowered where the company has chosen less. */
export function limitsFrom(configuration: Configuration): LimitsFor {
  return async (ctx) => (await configuration.for(ctx)).limits;
}

/** Whether a company asks everybody who signs in with a password for a second factor. */
export function secondFactorRequiredBy(configuration: Configuration): (ctx: TenantContext) => Promise<boolean> {
  return async (ctx) => (await configuration.for(ctx)).settings.identity.secondFactorRequired;
}

/** The platform's model at `url`, under the name and the key that the company has chosen; none where it wants none. */
export function modelsFrom(configuration: Configuration, url: string): LanguageModels {
  // Companies without a key of their own share one model, and what is known of its failures.
  const models = new WeakMap<Secret, Map<string, LanguageModel>>();
  return {
    async for(ctx) {
      const { wording, name: model, key } = (await configuration.for(ctx)).settings.model;
      if (!wording) return undefined;
      const ofKey = models.get(key) ?? new Map<string, LanguageModel>();
      const known = ofKey.get(model) ?? createLanguageModel({ url, model, key: () => key.reveal() });
      models.set(key, ofKey.set(model, known));
      return known;
    },
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
