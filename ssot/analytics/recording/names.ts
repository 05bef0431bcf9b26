import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { TenantContext, TenantId } from '../../kernel';
import type { UsageEvent, UsageLimits } from '../contract';
import { AnalyticsError } from '../errors';
import type { Reading } from '../readings/reading';

const MAX_REMEMBERED_COMPANIES = 1_000;

type Kind = 'model' | 'feature';
type Names = Readonly<Record<Kind, Set<string>>>;
const LIMIT = { model: 'modelsPerTenant', feature: 'featuresPerTenant' } as const satisfies Record<Kind, string>;
const WAY_OUT: Readonly<Record<Kind, string>> = {
  model: 'Report the name that the provider gives the model, without ids or dates of your own.',
  feature: 'Report the part of your product that made the call, never ids of your own customers.',
};
export const nameRow = z.object({ kind: z.enum(['model', 'feature']), name: z.string() });

/**
 * How many different models and features a company reports, which every reading of its usage must group by. Names are only ever
 * added, so those that have been seen are remembered, and a report without a new one costs no reading.
 */
export class UsageNames {
  readonly #known = new LRUCache<TenantId, Names>({ max: MAX_REMEMBERED_COMPANIES });

  constructor(
    private readonly reading: Reading,
    private readonly plans: UsageLimits,
  ) {}

  /** Throws `analytics_names_limit` naming the event, the field and the limit. Call it for one report of a company at a time. */
  async assertRoom(ctx: TenantContext, events: readonly UsageEvent[]): Promise<void> {
    const known = this.#known.get(ctx.tenantId);
    if (known !== undefined && events.every((event) => isKnown(known, event))) return;
    // Other instances may have met names meanwhile.
    const names = await this.#read(ctx);
    events.forEach((event, index) => {
      for (const kind of ['model', 'feature'] as const) {
        const name = nameOf(event, kind);
        if (names[kind].has(name)) continue;
        const max = this.plans[ctx.plan][LIMIT[kind]];
        if (names[kind].size >= max) throw namesLimit(kind, index, max);
        names[kind].add(name);
      }
    });
  }

  /** After a report was stored: its names are known from now on. */
  remember(ctx: TenantContext, events: readonly UsageEvent[]): void {
    const known = this.#known.get(ctx.tenantId) ?? { model: new Set(), feature: new Set() };
    for (const event of events) {
      known.model.add(nameOf(event, 'model'));
      known.feature.add(nameOf(event, 'feature'));
    }
    this.#known.set(ctx.tenantId, known);
  }

  async #read(ctx: TenantContext): Promise<Names> {
    const names: Names = { model: new Set(), feature: new Set() };
    for (const { kind, name } of await this.reading.names(ctx, nameRow)) names[kind].add(name);
    return names;
  }
}

function isKnown(names: Names, event: UsageEvent): boolean {
  return names.model.has(nameOf(event, 'model')) && names.feature.has(nameOf(event, 'feature'));
}

function nameOf(event: UsageEvent, kind: Kind): string {
  return kind === 'feature' ? event.feature : `${event.provider}\0${event.model}`;
}

function namesLimit(kind: Kind, index: number, max: number): AnalyticsError {
  return new AnalyticsError(
    'analytics_names_limit',
    `Nothing was recorded: your company has reported ${max} different ${kind}s, as many as its plan allows, and ` +
      `events[${index}].${kind} is another one. ${WAY_OUT[kind]}`,
    { field: `events[${index}].${kind}`, limit: { name: LIMIT[kind], max } },
  );
}
