import { money, period } from '../common/labels.mjs';

/**
 * The figures of a report at a glance, as name and value. None where nothing was worked out: whoever was not understood is told no
 * unknown amounts.
 *
 * @param {import('../types.ts').Report} report
 * @returns {readonly (readonly [string, string])[]}
 */
export function sumsOf({ verdict, spend, spendInOtherCurrencies, savings, calls, period: about }) {
  if (calls === 0 || verdict === 'out_of_scope') return [];
  const spent = [spend, ...spendInOtherCurrencies].filter((amount) => amount !== null).map(money);
  return [
    ['Spent', spent.join(' and ') || 'unknown'],
    ['Could be saved', savings === null ? 'unknown' : money(savings)],
    ['Calls', calls.toLocaleString('en')],
    ['Period', period(about)],
  ];
}
