import type { Opportunity } from '../../analytics';
import { exact } from './amounts';
import type { Amount } from './amount-shape';
import type { Finding } from '../steps/analysis';

const MAX_FINDINGS = 10;
/** Findings below one hundredth of the spend are not worth a customer's time. */
const MIN_SHARE = 100n;
/** Half of a hundredth of the currency: what is less would be written as 0.00. */
const MIN_SAVING = 5_000_000_000n;

/** Pure: the savings worth telling, largest first, of equal ones what is measured, which was certainly paid for nothing. What has no price is nobody's saving. */
export function findingsOf(opportunities: readonly Opportunity[], spends: readonly Amount[]): readonly Finding[] {
  const spent = new Map(spends.map(({ amount, currency }) => [currency, exact(amount)]));
  return opportunities
    .flatMap(({ kind, provider, model, feature, calls, spend, saving, basis, smaller, rest }) =>
      spend === 'unpriced' || saving === 'unpriced'
        ? []
        : [
            {
              rule: kind,
              provider,
              model,
              feature: rest === true ? 'other features' : feature,
              calls,
              spend: { amount: spend.value, currency: spend.currency },
              saving: { amount: saving.value, currency: saving.currency },
              basis,
              ...(smaller === undefined ? {} : { smaller }),
            },
          ],
    )
    .filter(({ saving }) => {
      const value = exact(saving.amount);
      return value >= MIN_SAVING && value * MIN_SHARE >= (spent.get(saving.currency) ?? 0n);
    })
    .sort(
      (a, b) =>
        Number(exact(b.saving.amount) - exact(a.saving.amount)) ||
        Number(a.basis === 'estimated') - Number(b.basis === 'estimated'),
    )
    .slice(0, MAX_FINDINGS);
}
