import { contextOfSubject, FairTurns, PlatformError, type TenantContext, type TenantId, type Turn } from '../../kernel';
import type { AnalyticsPorts, UsageEvent } from '../contract';
import { COMPANY } from '../erasure-records';
import { AnalyticsError } from '../errors';
import { rowsOf, withoutPerson, type StoredUse } from './events';
import { UsageNames } from './names';
import type { Reading } from '../readings/reading';
import type { Store } from '../store/store';

/** A report that waits so long for those that its company sent before is sent again. */
const LONGEST_TURN_MS = 10_000;

/**
 * Records reports of usage, each whole or not at all. Reports of one company are recorded one after the other, over all
 * instances: of two that come at once the second finds what the first has stored.
 */
export class Recording {
  readonly #turns: FairTurns;
  readonly #names: UsageNames;

  constructor(
    private readonly store: Store,
    private readonly reading: Reading,
    private readonly ports: AnalyticsPorts,
  ) {
    this.#turns = new FairTurns(Infinity, ports.clock);
    this.#names = new UsageNames(reading, ports.plans);
  }

  async record(ctx: TenantContext, report: readonly UsageEvent[]): Promise<{ recorded: number; repeated: number }> {
    const rows = rowsOf(ctx, report, this.ports.clock.now());
    return this.#inTurn(ctx, { ms: LONGEST_TURN_MS, late: overloaded }, () => this.#store(ctx, report, rows));
  }

  /** Resolves when the reports of a company that have begun to be recorded, on any instance, have landed or never will. */
  underWay(tenantId: TenantId): Promise<void> {
    return this.#inTurn(contextOfSubject({ tenantId }), undefined, () => Promise.resolve());
  }

  #inTurn<T>(ctx: TenantContext, limit: Turn['limit'], work: () => Promise<T>): Promise<T> {
    const { exclusively = (_, alone) => alone() } = this.ports;
    return this.#turns.run(ctx.tenantId, { ofOne: 1, limit }, () => exclusively(ctx, work));
  }

  async #store(
    ctx: TenantContext,
    report: readonly UsageEvent[],
    rows: readonly StoredUse[],
  ): Promise<{ recorded: number; repeated: number }> {
    const ids = rows.map(({ event_id }) => event_id);
    const people = new Set(rows.map(({ person_id }) => person_id));
    const [recorded, erased] = await Promise.all([
      this.reading.known(ctx, ids),
      this.reading.erased(ctx, [COMPANY, ...people]),
    ]);
    if (erased.has(COMPANY)) throw companyErased();
    const known = new Map(recorded);
    const fresh: number[] = [];
    rows.forEach((row, index) => {
      const before = known.get(row.event_id);
      if (before === undefined) fresh.push(index);
      else if (before !== row.fingerprint) throw conflict(index);
      known.set(row.event_id, row.fingerprint);
    });
    await this.#names.assertRoom(ctx, report);
    const events = fresh.map((index) => report[index] as UsageEvent);
    // One company is one partition, so this one insert is stored whole or not at all.
    if (fresh.length > 0)
      await this.store.insert(
        'usage',
        fresh
          .map((index) => rows[index] as StoredUse)
          .map((row) => (erased.has(row.person_id) ? withoutPerson(row) : row)),
      );
    this.#names.remember(ctx, events);
    this.ports.metrics.count('usage_recorded_total', {}, fresh.length);
    return { recorded: fresh.length, repeated: rows.length - fresh.length };
  }
}

function conflict(index: number): AnalyticsError {
  return new AnalyticsError(
    'analytics_event_conflict',
    `Nothing was recorded: the id of events[${index}] is known with other content. Give each call an id of its own.`,
    { field: `events[${index}].eventId` },
  );
}

/** By somebody who was let in before it was. */
function companyErased(): PlatformError {
  return new PlatformError({ code: 'not_allowed', message: 'Nothing was recorded: your company has left.' });
}

function overloaded(): AnalyticsError {
  return new AnalyticsError(
    'analytics_unavailable',
    'Your company sends more reports at once than can be recorded, and nothing of this one was. Send it again.',
    { retryAfterMs: 1_000 },
  );
}
