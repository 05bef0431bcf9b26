import type { UsageReader } from '../../../ssot/agent-registry';
import type { TenantContext } from '../../../ssot/kernel';
import { PlatformError } from '../../../ssot/kernel';

type Answered<K extends 'coverage' | 'cost' | 'opportunities' | 'performance'> = Awaited<
  ReturnType<UsageReader[K]>
>['data'];
type Asked = Parameters<UsageReader['opportunities']>[1];

const CUT = { at: '2025-09-10T09:00:00.000000Z' };
const PRICES = 'list-1';

/** A double of analytics: answers that a test writes down, failures, and readings that hang until they are aborted. */
export class RecordedUsage implements UsageReader {
  covered: Answered<'coverage'> = { calls: 0, daysWithUse: 0, first: null, last: null };
  spent: Answered<'cost'> = [];
  /** Of tenants that have usage of their own. */
  readonly coveredOf = new Map<string, Answered<'coverage'>>();
  /** How calls went, by what was asked for and altogether. */
  went: { readonly rows: Answered<'performance'>; readonly all: Answered<'performance'> } = { rows: [], all: [] };
  saveable: Answered<'opportunities'> = [];
  /** What each further reading meets instead of an answer. */
  readonly failures: Error[] = [];
  isHanging = false;
  /** Readings in order, with the period, the narrowing and the cut-off that they were asked for. */
  readonly asked: { tenantId: string; what: string; about: string; cut: string | undefined }[] = [];
  /** Readings that were aborted. */
  aborted = 0;
  /** The signals that readings were given. */
  readonly signals: AbortSignal[] = [];
  onAsked: () => void = () => {};
  onFailed: () => void = () => {};

  /** Enough for a whole answer. */
  recordEnough(): this {
    return this.record(1_500, 7, [{ provider: 'openai', model: 'large', calls: '1,500', spend: '2000 USD' }]);
  }

  /** `calls` on `daysWithUse` days, and a table of what they cost: `12.5 USD` or `unpriced`. */
  record(calls: number, daysWithUse: number, table: readonly Record<string, string>[]): this {
    this.covered = { calls, daysWithUse, first: null, last: null };
    this.spent = table.map(({ provider = '', model = '', calls: some = '', spend = '' }) => ({
      ...(provider === 'others' ? {} : { provider, model }),
      ...{ calls: Number(some.replaceAll(',', '')), inputTokens: 1n, cachedInputTokens: 0n, outputTokens: 1n },
      amount: amountOf(spend),
    }));
    return this;
  }

  /** Savings that analytics finds, as a table. */
  offer(table: readonly Record<string, string>[]): this {
    this.saveable = table.map(({ kind, model = '', feature = '', calls, spend = '', saving = '', smaller }) => ({
      ...{ kind: kind as 'batchable', provider: 'openai', model, feature, calls: Number(calls) },
      ...{ inputTokens: 1n, outputTokens: 1n, spend: amountOf(spend), saving: amountOf(saving) },
      basis: kind === 'failed_or_superseded' || kind === 'repeated_prompt' ? 'measured' : 'estimated',
      ...(smaller === '' || smaller === undefined ? {} : { smaller }),
    }));
    return this;
  }

  async coverage(ctx: TenantContext, q: Parameters<UsageReader['coverage']>[1]): ReturnType<UsageReader['coverage']> {
    await this.#reading(ctx, 'coverage', q);
    return { data: this.coveredOf.get(ctx.tenantId) ?? this.covered, cut: CUT, prices: PRICES };
  }

  async cost(ctx: TenantContext, q: Parameters<UsageReader['cost']>[1]): ReturnType<UsageReader['cost']> {
    await this.#reading(ctx, `cost by ${q.by.join(' and ')}`, q);
    return { data: this.spent, cut: CUT, prices: PRICES };
  }

  async performance(
    ctx: TenantContext,
    q: Parameters<UsageReader['performance']>[1],
  ): ReturnType<UsageReader['performance']> {
    await this.#reading(ctx, `performance by ${q.by.join(' and ')}`, q);
    return { data: q.by.length === 0 ? this.went.all : this.went.rows, cut: CUT, prices: PRICES };
  }

  async opportunities(ctx: TenantContext, q: Asked): ReturnType<UsageReader['opportunities']> {
    await this.#reading(ctx, 'opportunities', q);
    return { data: this.saveable, cut: CUT, prices: PRICES };
  }

  async prices(ctx: TenantContext): ReturnType<UsageReader['prices']> {
    await this.#reading(ctx, 'prices');
    const entry = (model: string, from: string) => ({
      provider: 'openai',
      model,
      from,
      currency: 'USD',
      perMillion: { input: '1', cachedInput: '1', output: '1' },
    });
    const [first, second] = ['2025-01-01T00:00:00Z', '2025-06-01T00:00:00Z'];
    return { version: PRICES, entries: [entry('large', first), entry('large', second), entry('small', first)] };
  }

  async #reading(ctx: TenantContext, what: string, q?: Asked): Promise<void> {
    const { from = '', to = '', where = {}, cut, signal } = q ?? {};
    const narrowed = JSON.stringify(where) === '{}' ? '' : ` ${JSON.stringify(where)}`;
    const about = q === undefined ? '' : `${from} to ${to}${narrowed}`;
    this.asked.push({ tenantId: ctx.tenantId, what, about, cut: cut?.at });
    if (signal !== undefined) this.signals.push(signal);
    this.onAsked();
    const failure = this.failures.shift();
    if (failure !== undefined) {
      this.onFailed();
      throw failure;
    }
    if (!this.isHanging) return;
    await new Promise<never>((_, stop) =>
      signal?.addEventListener('abort', () => {
        this.aborted++;
        stop(signal.reason as Error);
      }),
    );
  }
}

/** `12.5 USD` or `unpriced`, as analytics gives it. */
export function amountOf(text: string): Answered<'opportunities'>[number]['spend'] {
  if (text === 'unpriced') return text;
  const [value = '', currency = ''] = text.replaceAll(',', '').split(' ');
  return { value, currency };
}

/** What a reading can throw. */
export const FAILURES = {
  unavailable: failure('analytics_unavailable', true),
  closed: failure('analytics_closed', false),
  limit: failure('analytics_limit', false),
  refused: failure('analytics_question_invalid', false),
  unknown: () => new Error('connect to clickhouse://admin:hunter2@10.0.0.7 failed'),
} as const satisfies Record<string, () => Error>;

function failure(code: string, retryable: boolean): () => Error {
  return () =>
    new PlatformError({ code, message: `details of ${code} at clickhouse://admin:hunter2@10.0.0.7`, retryable });
}
