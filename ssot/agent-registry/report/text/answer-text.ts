import { counted, inWords } from '../amounts';
import { sizeOf, type Answer, type AnswerRow, type Figures } from '../answer';
import { daySpan, type Measure } from '../../questions';

/** Rows that sentences repeat; the table has all. */
const MAX_SENTENCES = 10;
const NAMES: Readonly<Record<Measure, string>> = {
  spend: 'Spend',
  savings: 'Savings',
  tokens: 'Tokens',
  calls: 'Calls',
  latency: 'Response times',
  failures: 'Failed calls',
};

/** The answer in sentences: what was asked for, each row, and what changed. */
export function answerLines(answer: Answer, zone: string): readonly string[] {
  const { measures, by, rows, of, total, before } = answer;
  const told = rows.slice(0, MAX_SENTENCES);
  const [measure = 'spend'] = measures;
  return [
    ...(by.length === 0
      ? [`${measures.map((one) => inSentence(one, total)).join('; ')}.`]
      : [`${measures.map((one) => NAMES[one]).join(' and ')} by ${by.join(' and ')}:`]),
    ...told.map((row) => lineOf(row, measures, before !== undefined)),
    ...(of > told.length ? [`These are ${told.length} of ${of}.`] : []),
    ...(before === undefined ? [] : [comparison(measure, total, before, zone)]),
  ];
}

function lineOf({ keys, now, before }: AnswerRow, measures: readonly Measure[], isCompared: boolean): string {
  const [measure = 'spend'] = measures;
  const change = !isCompared ? '' : before === undefined ? ', new' : `, ${changeOf(measure, now, before)}`;
  return `${keys.join(', ')}: ${measures.map((one) => inSentence(one, now)).join('; ')}${change}.`;
}

function inSentence(measure: Measure, figures: Figures): string {
  const { calls, inputTokens, cachedInputTokens, outputTokens, performance } = figures;
  switch (measure) {
    case 'tokens':
      return `${grouped(inputTokens)} input tokens (${grouped(cachedInputTokens)} of them cached) and ${grouped(outputTokens)} output tokens`;
    case 'calls':
      return counted(calls, 'call');
    case 'latency':
      return performance === undefined
        ? 'no times are known'
        : `half of ${counted(calls, 'call')} took up to ${milliseconds(performance.medianMs)}, 95 of 100 up to ${milliseconds(performance.p95Ms)}`;
    case 'failures':
      return `${counted(performance?.failed ?? 0, 'call')} of ${calls.toLocaleString('en-US')} failed (${percent(BigInt(performance?.failed ?? 0), BigInt(calls))})`;
    default:
      return `${spendOf(figures)} for ${counted(calls, 'call')}`;
  }
}

function spendOf({ spends, unpricedCalls, calls }: Figures): string {
  if (spends.length === 0) return calls === 0 ? 'nothing' : 'an unknown amount';
  const sum = spends.map(inWords).join(' and ');
  return unpricedCalls === 0 ? sum : `${sum} and an unknown amount`;
}

function comparison(
  measure: Measure,
  now: Figures,
  { from, to, total }: NonNullable<Answer['before']>,
  zone: string,
): string {
  const { first, last } = daySpan(from, to, zone);
  return `From ${first} to ${last} it was ${inSentence(measure, total)}: ${changeOf(measure, now, total)} now.`;
}

/** "12.5 % more"; amounts of different currencies are not compared. */
function changeOf(measure: Measure, now: Figures, before: Figures): string {
  const currency = now.spends[0]?.currency ?? before.spends[0]?.currency;
  const [current, earlier] = [sizeOf(measure, now, currency), sizeOf(measure, before, currency)];
  if (current === earlier) return 'the same';
  if (earlier === 0n) return 'none before';
  const difference = current > earlier ? current - earlier : earlier - current;
  return `${percent(difference, earlier)} ${current > earlier ? 'more' : 'less'}`;
}

/** One place, rounded half up. */
function percent(part: bigint, whole: bigint): string {
  if (whole === 0n) return '0.0 %';
  const tenths = (part * 2_000n + whole) / (2n * whole);
  return `${(tenths / 10n).toLocaleString('en-US')}.${tenths % 10n} %`;
}

function milliseconds(value: number): string {
  return `${value.toLocaleString('en-US')} ms`;
}

function grouped(digits: string): string {
  return BigInt(digits).toLocaleString('en-US');
}
