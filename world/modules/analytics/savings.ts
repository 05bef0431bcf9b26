import type { Opportunity, UsageEvent } from '../../../ssot/analytics';
import { systemClock } from '../../../ssot/kernel';
import type { Company } from '../../actors/personas';
import { aroundNow, callOf } from './analytics-under-test';
import { textOf } from './figures';
import type { UsageCompanies } from './usage-companies';

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
const NOON = Math.floor(systemClock.now() / DAY_MS) * DAY_MS - DAY_MS / 2;

type Use = Partial<UsageEvent>;
const PROMPT = { promptHash: 'p' };
const opening = (tokens: number): Use => ({ opening: { hash: 'o', tokens } });
const small = (inputTokens: number, outputTokens: number): Use => ({ inputTokens, outputTokens });
/** Twice the same, so many milliseconds apart. */
const twice = (use: Use, ms: number): readonly Use[] => [use, { ...use, at: new Date(NOON + ms).toISOString() }];

/** Calls of the large model, of 2,000 tokens in and 400 out unless they say otherwise. */
export const USES: Readonly<Record<string, readonly Use[]>> = {
  'a call that failed': [{ status: 'failed' }],
  'a call that was cancelled': [{ status: 'cancelled' }],
  'a prompt sent again after 60 seconds': twice(PROMPT, 60 * SECOND_MS),
  'a prompt sent again after 60.001 seconds': twice(PROMPT, 60 * SECOND_MS + 1),
  'a prompt answered 24 hours before': twice(PROMPT, -DAY_MS),
  'a prompt answered 24 hours and a millisecond before': twice(PROMPT, -DAY_MS - 1),
  'a call that nobody waited for': [{ background: true }],
  'a call that somebody waited for': [{ background: false }],
  'an opening of 1,024 tokens sent twice': twice(opening(1_024), SECOND_MS),
  'an opening of 1,023 tokens sent twice': twice(opening(1_023), SECOND_MS),
  'an opening sent again after 5 minutes': twice(opening(1_024), 300 * SECOND_MS),
  'an opening sent again after 5 minutes and more': twice(opening(1_024), 300 * SECOND_MS + 1),
  'a call of 1,000 tokens in and 300 out': [small(1_000, 300)],
  'a call of 1,001 tokens in and 300 out': [small(1_001, 300)],
  'a call of 1,000 tokens in and 301 out': [small(1_000, 301)],
};

/** Calls that are a waste, or just not, and what is said to be saved by them. */
export class Savings {
  readonly found: (readonly Opportunity[])[] = [];
  spend = '';

  constructor(private readonly companies: UsageCompanies) {}

  /** Each under a feature of its own, so that neither is beside the other. */
  async report(company: Company, lots: readonly (readonly Use[])[]): Promise<void> {
    const usage = await this.companies.usage();
    const ctx = this.companies.of(company);
    for (const [lot, uses] of lots.entries()) {
      const feature = `lot ${lot}`;
      await this.companies.report(
        company,
        uses.map((use, index) => soundCall(`${feature} ${index}`, { feature, ...use, ...apart(use, lot) })),
      );
      const question = { ...aroundNow(), from: new Date(NOON - 3 * DAY_MS).toISOString() };
      this.found.push((await usage.opportunities(ctx, { ...question, where: { feature: [feature] } })).data);
      this.spend = (await usage.cost(ctx, { ...question, by: [] })).data.map(({ amount }) => textOf(amount)).join('; ');
    }
  }

  async reportThatFitAll(company: Company, count: number): Promise<void> {
    const every: Use = {
      ...{ ...PROMPT, ...opening(1_000), status: 'failed', background: true, inputTokens: 1_000, outputTokens: 300 },
    };
    await this.report(company, [
      Array.from({ length: count }, (_, index) => ({ ...every, at: new Date(NOON + index * SECOND_MS).toISOString() })),
    ]);
  }

  /** `kind amount` of each saving of a lot. */
  of(lot: number): readonly string[] {
    return (this.found[lot] ?? []).map(({ kind, saving }) => `${kind} ${textOf(saving)}`);
  }
}

const soundCall = (id: string, more: Use): UsageEvent =>
  callOf(id, {
    ...{ at: new Date(NOON).toISOString(), model: 'large', inputTokens: 2_000, outputTokens: 400 },
    ...more,
  });

/** Openings are the model's, whatever the feature: those of another lot are others. */
function apart({ opening: of }: Use, lot: number): Use {
  return of === undefined ? {} : { opening: { ...of, hash: `${of.hash} ${lot}` } };
}
