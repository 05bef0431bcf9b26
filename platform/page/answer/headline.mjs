import { changeInWords, changeOf, titleOf } from './answer-table.mjs';
import { money, period } from '../common/labels.mjs';

/**
 * Whether a table was asked for, and not how to save.
 *
 * @param {import('../types.ts').Report} report
 */
export function isTable({ answer, measures }) {
  return answer !== null && measures?.[0] !== 'savings';
}

/**
 * What a report says first: the answer to what was asked.
 *
 * @param {import('../types.ts').Report} report
 */
export function headline({ verdict, measures, answer, period: about, calls, spend, spendInOtherCurrencies, savings }) {
  if (verdict === 'out_of_scope') return 'No question about AI spending was understood';
  if (verdict === 'insufficient') return 'There is not enough usage for an answer yet';
  if (answer !== null) return `${titleOf(answer)}, ${period(about)}${comparisonOf(answer, about.timeZone)}`;
  if (spend === null) return calls > 0 ? 'Nobody knows what this cost' : 'Nothing was spent';
  const saved = savings !== null && Number(savings.amount) > 0 ? money(savings) : null;
  if (measures?.[0] !== 'spend') return saved === null ? 'Nothing worth saving was found' : `You could save ${saved}`;
  const spent = [spend, ...spendInOtherCurrencies].map(money).join(' and ');
  return saved === null ? `${spent} spent` : `${spent} spent, of which you could save ${saved}`;
}

/**
 * @param {NonNullable<import('../types.ts').Report['answer']>} answer
 * @param {string} [timeZone]
 */
function comparisonOf({ measures, total, before }, timeZone) {
  if (before === undefined) return '';
  const other = period({ ...before, timeZone });
  if (before.total.calls === 0) return `: nothing is recorded for ${other}`;
  const change = changeOf(measures[0] ?? 'spend', total, before.total);
  if (typeof change === 'string') return `: compared with ${other}`;
  return change === 0 ? ': the same as before' : `: ${changeInWords(change)} than before`;
}
