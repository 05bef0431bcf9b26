import type { LimitsByPlan } from '../configuration-manager';
import type { Clock, CustomerData, Foreground, Logger, Metrics, Random, RunId, TenantContext, UserId } from '../kernel';
import type { Amount } from './prices/amounts';
import type { Archive } from './archive/archive';
import type { ErasureRecords } from './erasure-records';
import type { PriceTable } from './prices/prices';

/** One call of a model: counts and hashes, never what was said. */
export interface UsageEvent {
  /** The sender's name for the call, 1 to 128 characters; the first content under it stays for ever. */
  readonly eventId: string;
  /** RFC 3339 in UTC, from 13 months back to 5 minutes ahead. */
  readonly at: string;
  readonly provider: string;
  readonly model: string;
  readonly feature: string;
  readonly status: UsageStatus;
  /** All input tokens, cached ones included. */
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly latencyMs: number;
  /** Nobody waited for it, so it could have been sent as a batch. */
  readonly background: boolean;
  readonly personId?: UserId;
  readonly runId?: RunId;
  readonly promptHash?: string;
  readonly opening?: { readonly hash: string; readonly tokens: number };
}
export const USAGE_STATUSES = ['completed', 'failed', 'cancelled'] as const;
export type UsageStatus = (typeof USAGE_STATUSES)[number];

export const DIMENSIONS = ['provider', 'model', 'feature', 'person', 'status', 'hour', 'day', 'week', 'month'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Each named dimension must be one of the given values. */
export type Filter = { readonly [D in 'provider' | 'model' | 'feature' | 'person' | 'status']?: readonly string[] };

export interface Question {
  /** RFC 3339; `from` is in, `to` is out; at most 400 days. */
  readonly from: string;
  readonly to: string;
  /** IANA name for hours, days, weeks and months; default UTC. */
  readonly timeZone?: string;
  readonly by: readonly Dimension[];
  readonly where?: Filter;
  readonly cut?: CutOff;
  readonly signal?: AbortSignal;
  /** When as many readings of the company are under way as its plan allows: refused unless said otherwise. */
  readonly whenBusy?: 'refuse' | 'wait';
}

/**
 * Everything of the company that was recorded up to this instant of the history's own clock is in, and nothing joins it later:
 * the moment of its latest recording. Questions that must agree carry the same one.
 */
export interface CutOff {
  readonly at: string;
}

export interface Answer<T> {
  readonly data: T;
  readonly cut: CutOff;
  /** Version of the price table the amounts rest on. */
  readonly prices: string;
}

export interface Coverage {
  readonly calls: number;
  /** Days (in the asker's zone) with at least one call. */
  readonly daysWithUse: number;
  readonly first: string | null;
  readonly last: string | null;
}

/** One row of a breakdown. A key that was not asked for is absent; `rest` sums what is beyond 5,000 rows. */
export type Breakdown = { readonly [D in Dimension]?: string } & { readonly rest?: true };
export type UsageRow = Breakdown & {
  readonly calls: number;
  readonly inputTokens: bigint;
  readonly cachedInputTokens: bigint;
  readonly outputTokens: bigint;
};
/** One row per breakdown and currency; calls without a known price stand in a row of their own, never as free. */
export type CostRow = UsageRow & { readonly amount: Amount };

export interface TrendRow {
  /** A day, the Monday of a week, or a month: `2026-05-01`, `2026-05`. */
  readonly at: string;
  /** Empty where models beyond the largest are summed. */
  readonly model: string;
  readonly amount: Amount;
}

/** How calls went; milliseconds from sending to answer, over all calls of the row. At most 5,000 rows, most calls first. */
export type PerformanceRow = Breakdown & {
  readonly calls: number;
  readonly failed: number;
  readonly medianMs: number;
  readonly p95Ms: number;
};

export const WASTE_KINDS = [
  'failed_or_superseded',
  'repeated_prompt',
  'batchable',
  'cacheable_opening',
  'small_call_on_large_model',
] as const;
export type WasteKind = (typeof WASTE_KINDS)[number];

/** Each call stands in the first kind it fits, so that savings never exceed the spend. */
export interface Opportunity {
  readonly kind: WasteKind;
  readonly provider: string;
  readonly model: string;
  readonly feature: string;
  readonly calls: number;
  readonly inputTokens: bigint;
  readonly outputTokens: bigint;
  readonly spend: Amount;
  readonly saving: Amount;
  /** Measured: the money was spent for nothing. Estimated: the call would have cost less otherwise. */
  readonly basis: 'measured' | 'estimated';
  /** The model that would have done, for small calls on a large one. */
  readonly smaller?: string;
  /** Sums the features beyond the largest; `feature` is then empty. */
  readonly rest?: true;
}

export interface Analytics extends AsyncDisposable {
  /** All or nothing, at most 1,000 uses; stored once it resolves. A known id with equal content is `repeated`, also when both
   * come at once. Needs `usage:write`. */
  record(ctx: TenantContext, report: readonly UsageEvent[]): Promise<{ recorded: number; repeated: number }>;
  /** These need `usage:read` and see the asker's company only. Equal ones under way share one reading. */
  coverage(ctx: TenantContext, q: Omit<Question, 'by'>): Promise<Answer<Coverage>>;
  usage(ctx: TenantContext, q: Question): Promise<Answer<readonly UsageRow[]>>;
  cost(ctx: TenantContext, q: Question): Promise<Answer<readonly CostRow[]>>;
  /** Cost over time by model: by day up to two months, by week up to half a year, by month beyond. In order of time. */
  trend(ctx: TenantContext, q: Omit<Question, 'by'>): Promise<Answer<readonly TrendRow[]>>;
  performance(ctx: TenantContext, q: Question): Promise<Answer<readonly PerformanceRow[]>>;
  opportunities(ctx: TenantContext, q: Omit<Question, 'by'>): Promise<Answer<readonly Opportunity[]>>;
  cutOff(ctx: TenantContext): Promise<CutOff>;
  /** Names of the features that the company has reported within the time for which usage is kept. */
  featureNames(ctx: TenantContext): Promise<readonly string[]>;
  /** Whether days can be counted by it: an IANA name that the history knows, no offset. */
  isTimeZone(name: string): Promise<boolean>;
  /** The prices the company's amounts are worked out with. */
  prices(ctx: TenantContext): Promise<PriceTable>;
  health(): Promise<AnalyticsHealth>;
  readonly customerData: CustomerData;
  /** For the modules above, which move finished work there. */
  readonly archive: Archive;
  /** Who was erased, for a PostgreSQL that comes back from before that. */
  readonly erasures: ErasureRecords;
}

export interface AnalyticsHealth {
  readonly state: 'up' | 'slow' | 'down';
  readonly latencyMs: number | null;
  /** Why it is not `up`, in words for operators. */
  readonly cause?: string;
}

export type UsageLimits = LimitsByPlan<'modelsPerTenant' | 'featuresPerTenant' | 'readingsPerTenant'>;

export interface AnalyticsConfig {
  /** `http://user:password@host:port/database` */
  readonly url: string;
  /** Of `system.clusters`: tables are made on all its servers, as copies of each other. Without one, on the one server alone. */
  readonly cluster?: string;
}
export interface AnalyticsPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly plans: UsageLimits;
  /** A company with many readings under way or waiting gives way to short work of others. */
  readonly foreground?: Foreground;
  /** Runs the work while no other instance runs such work for the company; without it this is the only instance. */
  readonly exclusively?: <T>(ctx: TenantContext, work: () => Promise<T>) => Promise<T>;
  /** List prices unless the platform hands in the company's negotiated ones. */
  readonly prices?: { for(ctx: TenantContext): Promise<PriceTable> };
}
