import { counted, inWords } from './amounts';
import { textWithoutSecrets } from './redaction';
import type { Amount, Report } from './work';

/** The report in plain sentences: every figure that matters to its reader, by rules alone. */
export function textOf(report: Omit<Report, 'text' | 'wordedBy'>): string {
  const { period, calls, spend, spendInOtherCurrencies, findings, savings, unpriced, actions, missing } = report;
  if (spend === null && missing.length > 0) return missing.join('\n');
  const lines = [
    `From ${period.from.slice(0, 10)} to ${period.to.slice(0, 10)}, ${counted(calls, 'call')} cost ${sums(spend, spendInOtherCurrencies)}.`,
    ...(unpriced.length === 0 ? [] : [`Nobody knows what these models cost: ${unpriced.join(', ')}.`]),
    ...(savings === null ? [] : [`${inWords(savings)} could be saved.`]),
    ...findings.map(
      ({ rule, feature, model, calls: some, saving }) =>
        `${inWords(saving)}: ${rule.replaceAll('_', ' ')}, ${counted(some, 'call')} of ${feature} to ${model}.`,
    ),
    ...actions.map(({ place, action }) => `${place}. ${action}`),
    ...missing,
  ];
  return textWithoutSecrets(lines.join('\n'));
}

function sums(spend: Amount | null, others: readonly Amount[]): string {
  return spend === null ? 'an unknown amount' : [spend, ...others].map(inWords).join(' and ');
}
