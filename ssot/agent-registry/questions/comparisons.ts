import type { Asking, Unit } from './calendar';
import { DIMENSION } from './dimensions';
import { DAYS_OF, findPeriod, UNIT } from './period-phrases';
import type { NamedPeriod } from './periods';
import { wholeWords, type RemainingText } from './remaining-text';

/**
 * `with`: the other period; without one, the period before is meant. `of`: the period that is compared, when only the
 * other one was named: "more than last month" is about this month.
 */
export interface Comparison {
  readonly with?: NamedPeriod;
  readonly of?: NamedPeriod;
}

/** Where the second half of a comparison begins. */
const THAN = wholeWords(
  'than|compared? (?:to|with)|compares (?:to|with)|in comparison (?:to|with)|relative to|versus|vs\\.?|against|up from|down from',
);
/** "Last quarter vs the quarter before". */
const ONE_BEFORE = wholeWords(
  `(?:than|compared? (?:to|with)|in comparison (?:to|with)|relative to|versus|vs\\.?|against) (?:in )?(?:the )?(?:${UNIT}|one|period) before(?! last)(?: that| it)?`,
);
/** Only beside a word of change: "costs since last month" names the period itself. */
const SINCE = wholeWords('(?:since|over)(?= (?:last|previous) )');
/** What may stand between "than" and the period it is about. */
const ONLY_LINKS = /^ (?:(?:we|it|that|this|was|were|did|spent|paid|used|what|in|for|of|on|during) )*$/;
const PERIOD_OVER_PERIOD = wholeWords(`${UNIT}[- ](?:over|on|by)[- ]\\1`);
const CHANGE = wholeWords(
  [
    '(?<!(?:tell|show|give|say|explain|learn|know)(?: me| us)?(?: a bit| a little| some)? )more',
    '(?<!(?:spend|pay|spending|paying) )less',
    'fewer|worse|better|improv\\w*|higher|lower|chang\\w*|increas\\w*|decreas\\w*|grow\\w*|grew|r[io]se|rising|fall\\w*|fell|drop\\w*',
    'went (?:up|down)|go(?:ne|ing|es)? (?:up|down)|differs?|up or down|jump\\w*|spik\\w*|doubl\\w*',
    // "Compare our models" and "how many different models" ask for a table.
    `(?<!(?:${DIMENSION})[ -])(?:differen\\w*|compar\\w*)(?!(?: all)?(?: of)?(?: our| the)? (?:${DIMENSION})(?![\\w-]))`,
  ].join('|'),
);

export interface ReadComparison {
  readonly comparison?: Comparison;
  /** What is not as it was asked, in a sentence. */
  readonly note?: string | undefined;
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
    const tail = text.text.slice(end);
    const other = findPeriod(tail, asking);
    // "Calls over 1,000 tokens" and "one model against another last week" compare with no period.
    if (other !== undefined && ONLY_LINKS.test(tail.slice(0, other.at))) {
      text.blank(than.index, than[0].length);
      text.blank(end + other.at, other.length);
      text.takeAll(CHANGE);
      const { period, note } = other.read;
      return { comparison: period === undefined ? {} : { with: period, ...comparedTo(period) }, note };
    }
  }
  const unit = text.take(PERIOD_OVER_PERIOD)?.[1];
  const isChange = text.takeAll(CHANGE).length > 0;
  if (unit !== undefined) return { comparison: { of: { days: DAYS_OF[unit as Unit] } } };
  return isChange ? { comparison: {} } : {};
}

/** The unit that is under way; nothing else is certain to be meant. */
function comparedTo(other: NamedPeriod): Pick<Comparison, 'of'> {
  return 'unit' in other && other.ago > 0 ? { of: { unit: other.unit, ago: 0 } } : {};
}
