import { wholeWords, type RemainingText } from './remaining-text';
import { NUMBER, numberOf } from './period-phrases';

/** By what an answer can be broken down. */
export const BREAKDOWNS = ['model', 'provider', 'feature', 'person', 'hour', 'day', 'week', 'month'] as const;
export type BreakdownBy = (typeof BREAKDOWNS)[number];

/** Of these, rows stand in their order. */
export const TIMES: readonly BreakdownBy[] = ['hour', 'day', 'week', 'month'];

/** Which rows come first, and how many are asked for. */
export interface Ranking {
  readonly order: 'most' | 'least';
  readonly count?: number;
}

export interface Breakdowns {
  readonly by: readonly BreakdownBy[];
  readonly ranking?: Ranking;
  /** What usage is not recorded by, in the asker's words. */
  readonly unknown: readonly string[];
}

const NOUNS: Readonly<Record<BreakdownBy, string>> = {
  model: 'models?|llms?',
  provider: 'providers?|vendors?|suppliers?',
  feature: 'features?|use cases?|apps?|applications?|products?',
  person: 'persons?|people|users?|colleagues?|employees?|members?|heads?',
  hour: 'hours?',
  day: 'days?|dates?',
  week: 'weeks?',
  month: 'months?',
};
/** Source of a pattern for all that an answer can be broken down by; no group. */
export const DIMENSION = Object.values(NOUNS).join('|');
/** What companies like to break costs down by, and usage is not recorded by. */
const UNKNOWN =
  'teams?|departments?|regions?|countr(?:y|ies)|customers?|clients?|projects?|offices?|accounts?|environments?|api keys?|keys?|business units?|cost cent(?:er|re)s?|languages?|prompts?|quarters?|years?';
const ANY = `${DIMENSION}|${UNKNOWN}`;
const ANY_NOUN = new RegExp(`\\b(?:${ANY})\\b`, 'g');
const ADVERBS = {
  hourly: 'hour',
  daily: 'day',
  weekly: 'week',
  monthly: 'month',
} as const;
/** Sources of patterns; no groups. */
export const MOST =
  'most|top|biggest|largest|highest|greatest|main|costliest|dearest|busiest|heaviest|slowest|worst|priciest|popular';
export const LEAST = 'least|fewest|lowest|smallest|cheapest|fastest|quickest|best|bottom';
const ASKED_OF =
  '(?:cost|costs|expensive|costly|used|use|uses|spend|spends|tokens|popular|slow|calls|failures|errors|reliable|wasteful|frequent|failing)';

const SOME = NUMBER.replace('(', '(?:');
const BY = `(?:by|per|for each|for every|each|every|across(?: all| the| our)?|among(?: the| our)?|(?:split|broken|grouped|divided|sorted|ranked)(?: up| down)? (?:by|into|per))`;

/** "By model", "by model, provider and then by day". */
const BY_THESE = wholeWords(`${BY} (?:single )?(?:${ANY})(?:(?:,| and| then| by| per)+ (?:${ANY}))*`);
const DAY_BY_DAY = wholeWords('(?:day|week|month|hour) (?:by|after|for) (?:day|week|month|hour)');
const WHICH = wholeWords(
  `(?:which|what|how many(?: different)?)(?: of (?:our|the))?(?: (?:${MOST}|${LEAST}|${SOME}|expensive|single|kinds? of|other|are (?:our|the)(?: (?:${MOST}|${LEAST}))?(?: expensive)?))* (?:${ANY})`,
);
const RANKED = wholeWords(
  `(?:(?:${SOME} )?(?:${MOST}|${LEAST})(?: ${ASKED_OF})?|first(?= ${SOME})|expensive|costly|slow|ranking of|ranked|list(?: of)?|compare|different)(?: all)?(?: of)?(?: our| the)?(?: ${SOME})? (?:${ANY})`,
);
const ALL_BY = wholeWords(`all(?: of)?(?: our| the)? (?:${DIMENSION}) by(?! (?:${DIMENSION}|${UNKNOWN}))`);
const BREAKDOWN = wholeWords(`(?:${DIMENSION})[ -](?:breakdown|split|ranking|comparison|wise|level)`);
const ADVERB = wholeWords('(hourly|daily|weekly|monthly)');
const OVER_TIME = wholeWords('over time|trends?|trending|timeline|chart|graph|develop(?:ed|ment)?|evol\\w+|history');
const WHO = wholeWords("who(?:'s|se)?|whom");
/** A number of rows. */
const COUNTED = wholeWords(
  `(?<=(?:which|what|top|first|bottom|${MOST}|${LEAST}) )${SOME}|${SOME}(?= (?:${MOST}|${LEAST})(?![\\w-]))`,
);
/** "Only the cheapest": of the table that was shown, and the end of what is asked. */
const SINGLE_ROW = new RegExp(
  `(?<![\\w-])(?:(?:only|just) (?:the )?(?:${MOST}|${LEAST})(?: ${ASKED_OF})?(?: one)?|(?:${MOST}|${LEAST})(?: ${ASKED_OF})? one(?: only)?)(?=\\W*$)`,
);
const LEAST_OF = wholeWords(LEAST);
const MOST_OF = wholeWords(MOST);

/** Takes by what the answer is broken down out of the text. `trendUnit`: what "over time" means for the period at hand. */
export function takeBreakdowns(text: RemainingText, trendUnit: BreakdownBy): Breakdowns {
  const by: BreakdownBy[] = [];
  const unknown: string[] = [];
  const add = (one: BreakdownBy): void => {
    if (!by.includes(one)) by.push(one);
  };
  const ranking = findRanking(text);
  for (const pattern of [ALL_BY, BY_THESE, DAY_BY_DAY, WHICH, BREAKDOWN, RANKED]) {
    for (const [words] of text.takeAll(pattern)) {
      for (const [noun] of words.matchAll(ANY_NOUN)) {
        const known = BREAKDOWNS.find((one) => new RegExp(`^(?:${NOUNS[one]})$`).test(noun));
        if (known === undefined) unknown.push(noun);
        else add(known);
      }
    }
  }
  text.takeAll(ADVERB).forEach(([word]) => add(ADVERBS[word as keyof typeof ADVERBS]));
  if (text.takeAll(OVER_TIME).length > 0 && !by.some((one) => TIMES.includes(one))) add(trendUnit);
  if (text.takeAll(WHO).length > 0) add('person');
  text.takeAll(COUNTED);
  return { by, ...(ranking && { ranking }), unknown };
}

/** Takes the wish for a single row of the table that the question before has led to. */
export function takeSingleRow(text: RemainingText): Ranking | undefined {
  const found = text.take(SINGLE_ROW);
  if (found === undefined) return undefined;
  return { order: LEAST_OF.test(found[0]) ? 'least' : 'most', count: 1 };
}

/** The words stay, since they may name the noun beside them. */
function findRanking(text: RemainingText): Ranking | undefined {
  const [least, most, counted] = [text.find(LEAST_OF), text.find(MOST_OF), text.find(COUNTED)];
  const count = counted === undefined ? 0 : numberOf(counted[0]);
  if (count === 0 && least === undefined && most === undefined) return undefined;
  return { order: least !== undefined && most === undefined ? 'least' : 'most', ...(count > 0 && { count }) };
}
