import { assertAllowed, type TenantContext } from '../../kernel';
import type { Base } from '../contract';
import { recogniseKeys } from '../master-keys';
import { Changes, type Outcome } from './changes';
import type { Configuration, ConfigurationDeps, Receipt } from './contract';
import { settingsCustomerData } from './customer-data';
import { Snapshots } from './snapshots';

/**
 * Recognises the master keys (throws `keys_unknown`) and opens the settings of companies. A bus that is away does not refuse the
 * opening: changes are then found by asking.
 */
export async function openConfiguration(base: Base, deps: ConfigurationDeps): Promise<Configuration> {
  await recogniseKeys(deps.db, base.keys);
  const changes = new Changes(base.keys, deps);
  const snapshots = new Snapshots(base, deps, (ctx) => changes.stored(ctx));
  await snapshots.open();

  /** Tells the others, and has it in force here before whoever made the change is answered. */
  const announced = async ({ tenantId }: TenantContext, outcome: Outcome): Promise<Receipt> => {
    if (outcome.changed.length === 0) return { ...outcome, announced: 'now' };
    const told = deps.bus.publish(tenantId, outcome.version).then(
      () => 'now' as const,
      (error: unknown) => {
        deps.logger.warn({ tenantId, reason: String(error) }, 'a change of settings could not be announced');
        return 'by_poll' as const;
      },
    );
    const [announced] = await Promise.all([told, snapshots.heard(tenantId)]);
    deps.metrics.count('settings_changes_total', { announced });
    return { ...outcome, announced };
  };
  return {
    for: (ctx) => snapshots.for(ctx),
    async explain(ctx) {
      assertAllowed(ctx, 'settings:read');
      const { snapshot, explanations } = await snapshots.known(ctx);
      return { version: snapshot.version, settings: explanations };
    },
    change: async (ctx, change) => announced(ctx, await changes.change(ctx, change)),
    restore: async (ctx, request) => announced(ctx, await changes.restore(ctx, request)),
    history: (ctx, page) => changes.history(ctx, page),
    customerData: settingsCustomerData(deps.db),
    status: () => snapshots.status(),
    [Symbol.asyncDispose]: () => snapshots[Symbol.asyncDispose](),
  };
}
