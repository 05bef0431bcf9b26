import type { Asking } from './calendar';
import { takePeriod } from './period-phrases';
import type { NamedPeriod } from './periods';
import { GAP, RemainingText } from './remaining-text';

/**
 * `with`: the other period; without one, the period before is meant. `of`: the period that is compared, when only the
 * other one was named: "more than last month" is about this month.
 */
export interface Comparison {
  readonly with?: NamedPeriod;
  readonly of?: NamedPeriod;
}

/** Where the second half of a comparison begins. */
const THAN =
  /(?<![\w-])(?:than|compared? (?:to|with)|compares (?:to|with)|in comparison (?:to|with)|relative to|versus|vs\.?|against|up from|down from)(?![\w-])/;
/** "Last quarter vs the quarter before". */
const ONE_BEFORE =
  /(?<![\w-])(?:than|compared? (?:to|with)|in comparison (?:to|with)|relative to|versus|vs\.?|against) (?:in )?(?:the )?(?:day|week|month|quarter|year|one|period) before(?! last)(?: that| it)?(?![\w-])/;
/** Only beside a word of change: "costs since last month" names the period itself. */
const SINCE = /(?<![\w-])(?:since|over)(?= (?:last|previous) )/;
/** What may stand between "than" and the period it is about. */
const ONLY_LINKS = /^\s*(?:(?:we|it|that|this|was|were|did|spent|paid|used|what|in|for|of|on|during)\s+)*$/;
const PERIOD_OVER_PERIOD =
  /(?<![\w-])(day|week|month|quarter|year)[- ](?:over|on|by)[- ]\1(?: change| changes)?(?![\w-])/;
const ROLLING_DAYS: Readonly<Record<string, number>> = { day: 1, week: 7, month: 30, quarter: 91, year: 365 };
const CHANGE =
  /(?<![\w-])(?:(?<!(?:tell|show|give|say|explain|learn|know)(?: me| us)?(?: a bit| a little| some)? )more|(?<!(?:spend|pay|spending|paying) )less|fewer|worse|better|improv\w*|higher|lower|chang\w*|increas\w*|decreas\w*|grow\w*|grew|r[io]se|rising|fall\w*|fell|drop\w*|went (?:up|down)|go(?:ne|ing|es)? (?:up|down)|differen\w*(?: between)?|differs?|compar\w*|up or down|jump\w*|spik\w*|doubl\w*)(?![\w-])/;

export interface ReadComparison {
  readonly comparison?: Comparison;
  readonly problem?: string;
}

/** Takes what the answer is compared with out of the text, before the period itself is taken. */
export function takeComparison(text: RemainingText, asking: Asking): ReadComparison {
  if (text.take(ONE_BEFORE) !== undefined) {
    text.takeAll(CHANGE);
    return { comparison: {} };
  }
  const than = text.find(THAN) ?? (text.find(CHANGE) && text.find(SINCE));
  if (than !== undefined) {
    const end = than.index + than[0].length;
    const tail = new RemainingText(text.text.slice(end));
    const named = takePeriod(tail, asking);
    const begins = firstDifference(tail.text, text.text.slice(end));
    // "Calls over 1,000 tokens" and "one model against another last week" compare with no period.
    if (named !== undefined && ONLY_LINKS.test(tail.text.slice(0, begins))) {
      text.blank(than.index, than[0].length);
      text.blank(end + begins, lengthOfGap(tail.text.slice(begins)));
      text.takeAll(CHANGE);
      if ('problem' in named) return { comparison: {}, problem: named.problem };
      return { comparison: { with: named.period, ...comparedTo(named.period) } };
    }
  }
  const unit = text.take(PERIOD_OVER_PERIOD)?.[1];
  if (unit !== undefined) {
    text.takeAll(CHANGE);
    return { comparison: { of: { days: ROLLING_DAYS[unit] ?? 1 } } };
  }
  if (text.takeAll(CHANGE).length === 0) return {};
  text.take(/(?<![\w-])(?:than|to|with) before(?![\w-])/);
  return { comparison: {} };
}

/** The unit that is under way; nothing else is certain to be meant. */
function comparedTo(other: NamedPeriod): Pick<Comparison, 'of'> {
  return 'unit' in other && other.ago > 0 ? { of: { unit: other.unit, ago: 0 } } : {};
}

/** Where what was taken began. */
function firstDifference(left: string, whole: string): number {
  return [...left].findIndex((character, index) => character !== whole[index]);
}

function lengthOfGap(text: string): number {
  const end = [...text].findIndex((character) => character !== GAP);
  return end < 0 ? text.length : end;
}
