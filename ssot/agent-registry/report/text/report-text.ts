import { counted, inWords } from '../amounts';
import { answerLines } from './answer-text';
import { daySpan, UTC } from '../../questions';
import { zoneInWords } from './zone-text';
import { textWithoutSecrets } from '../../steps/tools/redaction';
import type { Amount } from '../amount-shape';
import type { Report } from '../../steps/analysis';

const NO_SAVINGS: Pick<Report, 'savings' | 'findings' | 'actions'> = { savings: null, findings: [], actions: [] };

/** The report in plain sentences: every figure that matters to its reader, by rules alone. */
export function textOf(
  report: Omit<Report, 'text' | 'wordedBy'>,
  about: { readonly narrowing: string; readonly isAboutSavings: boolean },
): string {
  const { period, calls, spend, spendInOtherCurrencies, unpriced, missing, answer } = report;
  if (spend === null && missing.length > 0) return missing.join('\n');
  const { timeZone: zone = UTC } = period;
  const { first, last } = daySpan(period.from, period.to, zone);
  const { savings, findings, actions } = about.isAboutSavings ? report : NO_SAVINGS;
  const lines = [
    `From ${first} to ${last}${zoneInWords(zone)}${about.narrowing && `, ${about.narrowing}`}, ${counted(calls, 'call')} cost ${sums(spend, spendInOtherCurrencies)}.`,
    ...(answer === null ? [] : answerLines(answer, zone)),
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
