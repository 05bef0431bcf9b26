import type { TenantContext } from '../../kernel';
import type { Dimension, TrendRow } from '../contract';
import type { PriceTable } from '../prices/prices';
import type { Asked, Reading } from '../readings/reading';
import { costsOf } from './usage-totals';

const DAY_MS = 86_400_000;
/** Days up to which a chart shows days, and weeks; months beyond. */
const UP_TO = { day: 62, week: 182 } as const;

/** Cost over time by model. */
export async function trendOf(
  reading: Reading,
  ctx: TenantContext,
  asked: Asked,
  table: PriceTable,
): Promise<readonly TrendRow[]> {
  const unit = unitOf((asked.to - asked.from) / DAY_MS);
  const rows = await costsOf(reading, ctx, { ...asked, by: [unit, 'model'] }, table);
  return rows
    .flatMap(({ [unit]: at, model, amount }) => (at === undefined ? [] : [{ at, model: model ?? '', amount }]))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

function unitOf(days: number): Dimension & ('day' | 'week' | 'month') {
  return days <= UP_TO.day ? 'day' : days <= UP_TO.week ? 'week' : 'month';
}
