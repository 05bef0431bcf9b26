import { assertAllowed, assertVerified, FairTurns, type CustomerData, type TenantContext } from '../kernel';
import type {
  Analytics,
  AnalyticsConfig,
  AnalyticsHealth,
  AnalyticsPorts,
  Answer,
  CostRow,
  Coverage,
  CutOff,
  Opportunity,
  PerformanceRow,
  Question,
  TrendRow,
  UsageEvent,
  UsageRow,
} from './contract';
import { archiveIn, type Archive } from './archive/archive';
import { usageCustomerData } from './customer-data';
import { erasureRecordsIn, type ErasureRecords } from './erasure-records';
import { AnalyticsError } from './errors';
import { costsOf, coverageOf, usageOf } from './reports/usage-totals';
import { opportunitiesOf } from './savings/opportunities';
import { performanceOf } from './reports/performance';
import { listPrices, type PriceTable } from './prices/prices';
import { checkHealth, isWithoutTables } from './store/health';
import { Reading, type Asked } from './readings/reading';
import { layoutOn, type Layout } from './schema/layout';
import { nameRow } from './recording/names';
import { Recording } from './recording/recording';
import { buildShape } from './schema/shape';
import { keyOfQuestion, SharedReadings } from './readings/shared-readings';
import { Store } from './store/store';
import { trendOf } from './reports/trend';

/** Readings of all companies at one moment: more only make each of them slower, and the next company's wait longer. */
const MAX_READINGS_HERE = 4;
/** Of one company, however many it may have under way: what is read for another begins at once. */
const MAX_READINGS_OF_TENANT = 1;

/**
 * Opens the history and builds its shape. A history that is away does not refuse the opening: the shape is built with
 * the first question or report that reaches it, and until then each is answered `analytics_unavailable`.
 */
export async function openAnalytics(config: AnalyticsConfig, ports: AnalyticsPorts): Promise<Analytics> {
  assertAddress(config.url);
  const analytics = new ClickHouseAnalytics(config, ports);
  try {
    await analytics.shaped();
  } catch (error) {
    if (!(error instanceof AnalyticsError) || error.code !== 'analytics_unavailable') {
      await analytics[Symbol.asyncDispose]();
      throw error;
    }
    ports.log.warn(
      { reason: error.message },
      'the history of usage is away; questions about it are refused until it is back',
    );
  }
  return analytics;
}

function assertAddress(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.pathname.length < 2) {
    throw new AnalyticsError(
      'analytics_config_invalid',
      'url is not of the form http://user:password@host:8123/database.',
      { field: 'url' },
    );
  }
}

class ClickHouseAnalytics implements Analytics {
  readonly customerData: CustomerData;
  readonly archive: Archive;
  readonly erasures: ErasureRecords;
  readonly #layout: Layout;
  readonly #store: Store;
  readonly #reading: Reading;
  readonly #recording: Recording;
  readonly #readings: FairTurns;
  readonly #shared = new SharedReadings();
  #shape: Promise<void> | undefined;
  #closed = false;

  constructor(
    { url, cluster = '' }: AnalyticsConfig,
    private readonly ports: AnalyticsPorts,
  ) {
    this.#layout = layoutOn(cluster);
    this.#store = new Store(url, ports.clock, this.#layout);
    this.archive = archiveIn(this.#store, () => this.shaped());
    this.customerData = usageCustomerData(this.#store, () => this.shaped());
    this.#reading = new Reading(this.#store);
    this.#recording = new Recording(this.#store, this.#reading, ports);
    this.erasures = erasureRecordsIn(
      this.#store,
      (work) => this.#onTables(work),
      (tenantId) => this.#recording.underWay(tenantId),
    );
    this.#readings = new FairTurns(MAX_READINGS_HERE, ports.clock, ports.foreground);
  }

  /** Once for all callers; tried again after a failure. */
  shaped(): Promise<void> {
    if (this.#closed) return Promise.reject(new AnalyticsError('analytics_closed', 'The history was closed.'));
    this.#shape ??= this.#build().catch((error: unknown) => {
      this.#shape = undefined;
      throw error;
    });
    return this.#shape;
  }

  /** A history that hangs must not keep an instance from starting. */
  async #build(): Promise<void> {
    await this.#store.assertAnswers();
    await buildShape(this.#store, this.#layout);
  }

  /** The same when its tables have gone since. */
  #rebuilt(): Promise<void> {
    this.#shape = undefined;
    return this.shaped();
  }

  /** A history that came back empty is built again for whoever comes first. */
  async #onTables<T>(work: () => Promise<T>): Promise<T> {
    await this.shaped();
    try {
      return await work();
    } catch (error) {
      if (!isWithoutTables(error)) throw error;
      await this.#rebuilt();
      return work();
    }
  }

  async record(ctx: TenantContext, report: readonly UsageEvent[]): Promise<{ recorded: number; repeated: number }> {
    assertAllowed(ctx, 'usage:write');
    return this.#onTables(() => this.#recording.record(ctx, report));
  }

  coverage(ctx: TenantContext, question: Omit<Question, 'by'>): Promise<Answer<Coverage>> {
    return this.#answer(ctx, 'coverage', question, (asked) => coverageOf(this.#reading, ctx, asked));
  }

  usage(ctx: TenantContext, question: Question): Promise<Answer<readonly UsageRow[]>> {
    return this.#answer(ctx, 'usage', question, (asked) => usageOf(this.#reading, ctx, asked));
  }

  cost(ctx: TenantContext, question: Question): Promise<Answer<readonly CostRow[]>> {
    return this.#answer(ctx, 'cost', question, (asked, table) => costsOf(this.#reading, ctx, asked, table));
  }

  trend(ctx: TenantContext, question: Omit<Question, 'by'>): Promise<Answer<readonly TrendRow[]>> {
    return this.#answer(ctx, 'trend', question, (asked, table) => trendOf(this.#reading, ctx, asked, table));
  }

  performance(ctx: TenantContext, question: Question): Promise<Answer<readonly PerformanceRow[]>> {
    return this.#answer(ctx, 'performance', question, (asked) => performanceOf(this.#reading, ctx, asked));
  }

  opportunities(ctx: TenantContext, question: Omit<Question, 'by'>): Promise<Answer<readonly Opportunity[]>> {
    return this.#answer(ctx, 'opportunities', question, (asked, table) =>
      opportunitiesOf(this.#reading, ctx, asked, table),
    );
  }

  cutOff(ctx: TenantContext): Promise<CutOff> {
    return this.#reading.cutOff(ctx);
  }

  async featureNames(ctx: TenantContext): Promise<readonly string[]> {
    assertAllowed(ctx, 'usage:read');
    await this.shaped();
    return (await this.#reading.names(ctx, nameRow)).flatMap(({ kind, name }) => (kind === 'feature' ? [name] : []));
  }

  isTimeZone(name: string): Promise<boolean> {
    return this.#reading.knowsZone(name);
  }

  async prices(ctx: TenantContext): Promise<PriceTable> {
    assertVerified(ctx);
    return (await this.ports.prices?.for(ctx)) ?? listPrices;
  }

  health(): Promise<AnalyticsHealth> {
    return checkHealth(this.#store, this.ports.clock, () => this.#rebuilt());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#store.close();
  }

  async #answer<T>(
    ctx: TenantContext,
    what: string,
    question: Parameters<Reading['asked']>[1],
    work: (asked: Asked, table: PriceTable) => Promise<T>,
  ): Promise<Answer<T>> {
    assertAllowed(ctx, 'usage:read');
    await this.shaped();
    const [asked, table] = await Promise.all([this.#reading.asked(ctx, question), this.prices(ctx)]);
    const key = keyOfQuestion(ctx, what, asked, table.version);
    return this.#shared.share(key, question.signal, (signal) => {
      const max = this.ports.plans[ctx.plan].readingsPerTenant;
      // Who shares a reading takes no place of their own.
      if (question.whenBusy !== 'wait' && this.#readings.of(ctx.tenantId) >= max) throw overQuota(max);
      return this.#readings.run(ctx.tenantId, { ofOne: MAX_READINGS_OF_TENANT, signal }, async () => {
        const began = this.ports.clock.monotonic();
        const data = await this.#onTables(() => work({ ...asked, signal }, table));
        this.ports.metrics.observe('usage_question_seconds', (this.ports.clock.monotonic() - began) / 1000);
        return { data, cut: asked.cut, prices: table.version };
      });
    });
  }
}

function overQuota(max: number): AnalyticsError {
  return new AnalyticsError(
    'analytics_over_quota',
    `${max} questions about your company's usage are being answered, as many at once as its plan allows. Ask again in a second.`,
    { limit: { name: 'readingsPerTenant', max }, retryAfterMs: 1_000 },
  );
}
