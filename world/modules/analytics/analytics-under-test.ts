import {
  openAnalytics,
  type Analytics,
  type AnalyticsPorts,
  type UsageEvent,
  type UsageLimits,
} from '../../../ssot/analytics';
import { plans } from '../../../ssot/configuration-manager';
import {
  noMetrics,
  silentLogger,
  systemClock,
  systemRandom,
  vouchFor,
  type Plan,
  type TenantContext,
} from '../../../ssot/kernel';
import type { Connections } from '../../stores/connections';
import { addressOf } from '../../settings';

/** Over the real ClickHouse, as an instance opens it. */
export function openUsage(
  more: Partial<AnalyticsPorts> = {},
  url = addressOf('SPEC_CLICKHOUSE_URL'),
): Promise<Analytics> {
  return openAnalytics(
    { url },
    { clock: systemClock, random: systemRandom, log: silentLogger, metrics: noMetrics, plans, ...more },
  );
}

/** The table of plans with these limits for every plan. */
export function usageLimits(of: Partial<UsageLimits[Plan]>): UsageLimits {
  const row = { ...plans.free, ...of };
  return { free: row, early: row, mid: row, enterprise: row };
}

/** Somebody of a company of their own, who may report and read its usage. */
export function newReporter({ ids }: Pick<Connections, 'ids'>): TenantContext {
  return vouchFor({
    tenantId: ids.next('tenant'),
    userId: ids.next('user'),
    plan: 'free',
    permissions: ['usage:read', 'usage:write'],
  });
}

/** A call an hour ago, so small that its figures are easily added up. */
export function callOf(eventId: string, more: Partial<UsageEvent> = {}): UsageEvent {
  return {
    ...{ eventId, at: new Date(Math.floor(Date.now() / 1_000) * 1_000 - 3_600_000).toISOString() },
    ...{ provider: 'openai', model: 'gpt-4o', feature: 'chat', status: 'completed' },
    ...{ inputTokens: 10, cachedInputTokens: 0, outputTokens: 1, latencyMs: 5, background: false },
    ...more,
  };
}

/** From yesterday to tomorrow. */
export function aroundNow(): { readonly from: string; readonly to: string } {
  const at = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
  return { from: at(-1), to: at(1) };
}
