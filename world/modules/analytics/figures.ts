import { DateTime } from 'luxon';
import {
  DIMENSIONS,
  type Amount,
  type CostRow,
  type CutOff,
  type Dimension,
  type PriceEntry,
  type UsageEvent,
} from '../../../ssot/analytics';
import { known } from '../../known';
import type { Company } from '../../actors/personas';
import { callOf } from './analytics-under-test';
import type { UsageCompanies } from './usage-companies';

type Cells = Readonly<Record<string, string>>;
const number = (text = '0'): number => Number(text.replaceAll(',', ''));

/** So many calls of one model at one moment of last month. */
export interface ReportedCalls {
  readonly count: number;
  readonly tokens: number;
  readonly model: string;
  readonly day: number;
  readonly time: string;
}

/** A planted month and what is shown of it, in the words in which a person would write it down. */
export class Figures {
  shown = '';
  #cut: CutOff | null = null;
  #planted = 0;
  readonly #month = DateTime.utc().startOf('month').minus({ months: 1 });

  constructor(private readonly companies: UsageCompanies) {}

  pay(company: Company, rows: readonly Cells[]): void {
    const entries = rows.map(({ model = '', in: input = '', cached = '', out = '', batched, smaller }): PriceEntry => ({
      ...{ provider: 'openai', model, from: '2020-01-01T00:00:00Z', currency: 'USD' },
      perMillion: { input, cachedInput: cached, output: out },
      ...(batched !== undefined && batched !== '' && { batchFactor: batched }),
      ...(smaller !== undefined && smaller !== '' && { smaller }),
    }));
    this.companies.setPrices(company, entries);
  }

  /** Twice what it was, from that moment of last month on. */
  double(company: Company, model: string, day: number, time: string): void {
    const before = this.companies.pricesOf(company);
    const twice = before
      .filter((entry) => entry.model === model)
      .map((entry): PriceEntry => {
        const { input, cachedInput, output } = entry.perMillion;
        const [i, c, o] = [input, cachedInput, output].map((price) => (Number(price) * 2).toFixed(6));
        const perMillion = { input: i ?? '', cachedInput: c ?? '', output: o ?? '' };
        return { ...entry, from: this.#at(day, time), perMillion };
      });
    this.companies.setPrices(company, [...before, ...twice]);
  }

  price(company: Company, model: string, input: string): void {
    const entry = { provider: 'openai', model, from: '2020-01-01T00:00:00Z', currency: 'USD' };
    const perMillion = { input, cachedInput: input, output: input };
    this.companies.setPrices(company, [...this.companies.pricesOf(company), { ...entry, perMillion }]);
  }

  async plant(company: Company, rows: readonly Cells[]): Promise<void> {
    const events = rows.map(({ day, time = '', model = '', feature = '', person = '', ...tokens }) =>
      this.#call(number(day), time, {
        ...{ model, feature, ...(person !== 'nobody' && { personId: this.companies.person(person) }) },
        ...{ inputTokens: number(tokens['in']), cachedInputTokens: number(tokens['cached']) },
        outputTokens: number(tokens['out']),
      }),
    );
    await this.companies.report(company, events);
  }

  async report(company: Company, { count, tokens, model, day, time }: ReportedCalls): Promise<void> {
    const call = { model, inputTokens: tokens, cachedInputTokens: 0, outputTokens: 0 };
    await this.companies.report(
      company,
      Array.from({ length: count }, () => this.#call(day, time, call)),
    );
  }

  /** `breakdown`: as analytics names it. */
  async ask(company: Company, breakdown: string, timeZone = 'UTC'): Promise<void> {
    const by = known('breakdown', breakdown, DIMENSIONS);
    const usage = await this.companies.usage();
    const { data } = await usage.cost(this.companies.of(company), { ...this.#around(), by: [by], timeZone });
    this.shown = data.map((row) => `${this.#labelOf(row, by)}: ${inWords(row)}`).join('; ');
  }

  async costOf(company: Company, day: number): Promise<string> {
    const from = this.#month.plus({ days: day - 1 });
    const period = { from: from.toISO() ?? '', to: from.plus({ days: 1 }).toISO() ?? '' };
    const usage = await this.companies.usage();
    const { data } = await usage.cost(this.companies.of(company), { ...period, by: [] });
    return data.map(({ amount }) => textOf(amount)).join('; ');
  }

  async fixCutOff(company: Company): Promise<void> {
    this.#cut = await (await this.companies.usage()).cutOff(this.companies.of(company));
  }

  /** Calls as each kind of question counts them, up to the fixed moment or without one. */
  async calls(company: Company, isCut: boolean): Promise<readonly number[]> {
    const usage = await this.companies.usage();
    const ctx = this.companies.of(company);
    const cut = isCut && this.#cut !== null ? { cut: this.#cut } : {};
    const question = { ...this.#around(), ...cut, by: [] };
    const sum = (rows: readonly { readonly calls: number }[]): number =>
      rows.reduce((all, { calls }) => all + calls, 0);
    const { by: _, ...covered } = question;
    return [
      (await usage.coverage(ctx, covered)).data.calls,
      sum((await usage.usage(ctx, question)).data),
      sum((await usage.cost(ctx, question)).data),
      sum((await usage.performance(ctx, question)).data),
    ];
  }

  #call(day: number, time: string, more: Partial<UsageEvent>): UsageEvent {
    return callOf(`planted ${(this.#planted += 1)}`, { at: this.#at(day, time), feature: 'search', ...more });
  }

  #at(day: number, time: string): string {
    return (
      DateTime.fromISO(`${this.#month.plus({ days: day - 1 }).toISODate()}T${time}`, { zone: 'utc' }).toISO() ?? ''
    );
  }

  /** Last month and a day on either side, for those whose days begin elsewhere. */
  #around(): { readonly from: string; readonly to: string } {
    const [from, to] = [this.#month.minus({ days: 1 }), this.#month.plus({ months: 1, days: 1 })];
    return { from: from.toISO() ?? '', to: to.toISO() ?? '' };
  }

  #labelOf(row: CostRow, by: Dimension): string {
    const found = row[by] ?? '';
    if (by === 'person') return this.companies.nameOf(found);
    if (by === 'month') return found === this.#month.toFormat('yyyy-MM') ? 'last month' : 'another month';
    if (by === 'day') return `day ${Number(found.slice(8, 10))}`;
    if (by === 'hour') return `day ${Number(found.slice(8, 10))} at ${found.slice(11, 13)}`;
    return found;
  }
}

function inWords({ calls, amount }: CostRow): string {
  return `${calls} ${calls === 1 ? 'call' : 'calls'}, ${textOf(amount)}`;
}

/** Without the places that say nothing. */
export function textOf(amount: Amount): string {
  if (amount === 'unpriced') return amount;
  const value = amount.value.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
  return `${value} ${amount.currency}`;
}
