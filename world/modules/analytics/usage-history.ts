import type { Analytics, AnalyticsError, UsageEvent } from '../../../ssot/analytics';
import { FaultProxy } from '../../operations/fault-proxy';
import type { Company } from '../../actors/personas';
import { addressOf } from '../../settings';
import { aroundNow, callOf } from './analytics-under-test';
import { OwnHistory } from './own-history';
import { SlowHistory } from './slow-history';
import type { UsageCompanies } from './usage-companies';

type Refusal = Pick<AnalyticsError, 'code' | 'field' | 'retryable' | 'limit'>;
const refusalOf = (error: unknown): Refusal => error as Refusal;
const SECOND = 1;
const period = aroundNow();
/** Another question for each: so many more days back. */
const earlier = (days: number): typeof period => ({
  ...period,
  from: new Date(Date.parse(period.from) - days * 86_400_000).toISOString(),
});

export const SHAPE_CHANGES: Readonly<Record<string, string>> = {
  'a column was removed': 'drop column run_id',
  'a column was given another type': 'modify column latency_ms Int64',
  'a column was added by somebody': 'add column extra String',
};

/** Calls that companies' programs report, to one instance or to several, and what questions about them are told. */
export class UsageHistory {
  told: readonly number[] = [];
  toldOther: readonly number[] = [];
  outcome: { readonly recorded: number; readonly repeated: number } | null = null;
  refusals: readonly Refusal[] = [];
  readonly order: string[] = [];
  /** Readings that ClickHouse listed while a crowd was asking. */
  readings = 0;
  /** The tokens out of those of two calls under one id that were not refused. */
  taken: readonly number[] = [];
  #report: readonly UsageEvent[] = [];
  #proxy: FaultProxy | null = null;
  #slow: SlowHistory | null = null;
  #own: OwnHistory | null = null;
  #instances: readonly Analytics[] = [];

  constructor(private readonly companies: UsageCompanies) {}

  report(company: Company, count: number): Promise<void> {
    return this.companies.report(company, lotOf(count));
  }

  async callsOf(company: Company, question: object = {}): Promise<number> {
    const usage = await this.companies.usage();
    return (await usage.coverage(this.companies.of(company), { ...period, ...question })).data.calls;
  }

  async askAtOnce(times: number, one: Company, other: Company): Promise<void> {
    const both = await Promise.all(
      Array.from({ length: times }, () => Promise.all([this.callsOf(one), this.callsOf(other)])),
    );
    this.told = both.map(([calls]) => calls);
    this.toldOther = both.map(([, calls]) => calls);
  }

  /** ClickHouse is storing the report when the connection breaks, before the first byte of its reply. */
  async loseReply(company: Company, count: number): Promise<void> {
    const history = this.companies.own(await OwnHistory.open(this.companies.connections));
    const proxy = this.companies.own(await FaultProxy.open(history.url));
    const usage = await this.companies.open(proxy.url);
    this.companies.moveTo(usage);
    await history.run(`alter table {db}.usage add constraint slow check sleepEachRow(${SECOND / count}) = 0`);
    this.#report = lotOf(count);
    const reported = this.#refused(usage.record(this.companies.of(company), this.#report));
    await history.untilInserting();
    proxy.cutAfterBytes(0, 'received');
    await reported;
    proxy.restore();
  }

  async repeat(company: Company): Promise<void> {
    this.outcome = await (await this.companies.usage()).record(this.companies.of(company), this.#report);
  }

  async reportCutDifferently(company: Company, count: number, sizes: readonly [number, number]): Promise<void> {
    const all = lotOf(count);
    const two = [await this.companies.usage(), await this.companies.open()] as const;
    await Promise.all(
      two.flatMap((instance, index) =>
        piecesOf(all, sizes[index as 0 | 1]).map((piece) => instance.record(this.companies.of(company), piece)),
      ),
    );
  }

  async reportUnderOneId(company: Company, isAtOnce: boolean): Promise<void> {
    const two = [await this.companies.usage(), await this.companies.open()] as const;
    const record = (index: 0 | 1): Promise<unknown> =>
      two[index].record(this.companies.of(company), [callOf('same', { outputTokens: index + 1 })]);
    const first = record(0);
    if (!isAtOnce) await first;
    const outcomes = await Promise.allSettled([first, record(1)]);
    this.refusals = outcomes.flatMap((one) => (one.status === 'rejected' ? [refusalOf(one.reason)] : []));
    this.taken = outcomes.flatMap((one, index) => (one.status === 'fulfilled' ? [index + 1] : []));
  }

  /** The tokens out of all that is counted. */
  async tokensOut(company: Company): Promise<readonly number[]> {
    const usage = await this.companies.usage();
    const { data } = await usage.usage(this.companies.of(company), { ...period, by: ['feature'] });
    return data.map(({ outputTokens }) => Number(outputTokens));
  }

  async useOneId(companies: readonly Company[]): Promise<void> {
    const usage = await this.companies.usage();
    for (const name of companies) await usage.record(this.companies.of(name), [callOf('same')]);
  }

  /** What is told of one call more after each of them, by another instance. */
  async reportAndAsk(company: Company, count: number): Promise<void> {
    const [first, second] = [await this.companies.usage(), await this.companies.open()];
    const ctx = this.companies.of(company);
    for (const call of lotOf(count)) {
      await first.record(ctx, [call]);
      this.told = [...this.told, (await second.coverage(ctx, period)).data.calls];
    }
  }

  /** From now on questions are asked of a history in which each reading takes so long; it has the same calls. */
  async slowDown(seconds: number, calls: readonly (readonly [Company, number])[]): Promise<void> {
    this.#slow = this.companies.own(await SlowHistory.open(this.companies.connections));
    this.companies.moveTo(await this.companies.open(this.#slow.url));
    for (const [name, count] of calls) await this.report(name, count);
    await this.#slow.slowDown(seconds);
  }

  async askOfCrowd(people: number, company: Company): Promise<number> {
    const asked = Array.from({ length: people }, () => this.callsOf(company));
    await this.#slow?.untilUnderWay();
    const underWay = (await this.#slow?.underWay()) ?? 0;
    this.told = await Promise.all(asked);
    return underWay;
  }

  async askAsMuchAsAllowed(company: Company, allowed: number, other: Company): Promise<void> {
    const ask = (name: Company, days: number): Promise<unknown> =>
      this.callsOf(name, earlier(days)).then(() => this.order.push(name));
    const own = Array.from({ length: allowed }, (_, days) => ask(company, days));
    const others = ask(other, 0);
    await this.#slow?.untilUnderWay();
    await this.#refused(ask(company, allowed));
    await Promise.all([...own, others]);
  }

  /** So many features, so that an answer has a middle in which it can break off. */
  async manyFeatures(company: Company, count: number): Promise<void> {
    this.companies.moveTo(await this.#behindProxy());
    await this.companies.report(
      company,
      lotOf(count).map((call, index) => ({ ...call, feature: `feature ${index} ${'x'.repeat(80)}` })),
    );
    this.told = [await this.features(company)];
  }

  async breakWhileAsked(company: Company, how: 'breaks off half-way' | 'is refused'): Promise<void> {
    const usage = await this.companies.usage();
    const cut = await usage.cutOff(this.companies.of(company));
    if (how === 'is refused') this.#proxy?.cut();
    else this.#proxy?.cutAfterBytes(2_000, 'received');
    await this.#refused(usage.usage(this.companies.of(company), { ...period, by: ['feature'], cut }));
    this.#proxy?.restore();
  }

  async features(company: Company): Promise<number> {
    const usage = await this.companies.usage();
    return (await usage.usage(this.companies.of(company), { ...period, by: ['feature'] })).data.length;
  }

  async startAtOnce(count: number): Promise<void> {
    const history = this.companies.own(await OwnHistory.open(this.companies.connections));
    this.#instances = await Promise.all(Array.from({ length: count }, () => this.companies.open(history.url)));
  }

  async eachRecords(company: Company): Promise<readonly number[]> {
    const ctx = this.companies.of(company);
    for (const [index, usage] of this.#instances.entries()) await usage.record(ctx, [callOf(`call ${index}`)]);
    return Promise.all(this.#instances.map(async (usage) => (await usage.coverage(ctx, period)).data.calls));
  }

  async changeShape(statement: string): Promise<void> {
    this.#own = this.companies.own(await OwnHistory.open(this.companies.connections));
    await this.companies.open(this.#own.url);
    await this.#own.run(`alter table {db}.usage ${statement}`);
  }

  async start(): Promise<void> {
    await this.#refused(this.companies.open(this.#own?.url));
  }

  async #behindProxy(): Promise<Analytics> {
    this.#proxy = this.companies.own(await FaultProxy.open(addressOf('SPEC_CLICKHOUSE_URL')));
    return this.companies.open(this.#proxy.url);
  }

  async #refused(work: Promise<unknown>): Promise<void> {
    const [outcome] = await Promise.allSettled([work]);
    if (outcome.status === 'rejected') this.refusals = [...this.refusals, refusalOf(outcome.reason)];
  }
}

function lotOf(count: number): readonly UsageEvent[] {
  return Array.from({ length: count }, (_, index) => callOf(`call ${index}`));
}

function piecesOf<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, piece) =>
    all.slice(piece * size, (piece + 1) * size),
  );
}
