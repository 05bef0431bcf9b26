import type { RemainingText } from './remaining-text';
import { NUMBER, numberOf } from './period-phrases';

/** By what an answer can be broken down. */
export const BREAKDOWNS = ['model', 'provider', 'feature', 'person', 'hour', 'day', 'week', 'month'] as const;
export type BreakdownBy = (typeof BREAKDOWNS)[number];

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
const KNOWN = Object.values(NOUNS).join('|');
/** What companies like to break costs down by, and usage is not recorded by. */
const UNKNOWN =
  'teams?|departments?|regions?|countr(?:y|ies)|customers?|clients?|projects?|offices?|accounts?|environments?|api keys?|keys?|business units?|cost cent(?:er|re)s?|languages?|prompts?|quarters?|years?';
const ADVERBS: Readonly<Record<string, BreakdownBy>> = {
  hourly: 'hour',
  daily: 'day',
  weekly: 'week',
  monthly: 'month',
};
const MOST =
  'most|top|biggest|largest|highest|greatest|main|costliest|dearest|busiest|heaviest|slowest|worst|priciest|popular';
const LEAST = 'least|fewest|lowest|smallest|cheapest|fastest|quickest|best|bottom';
const ASKED_OF =
  '(?:cost|costs|expensive|costly|used|use|uses|spend|spends|tokens|popular|slow|calls|failures|errors|reliable|wasteful|frequent|failing)';

const BY = `(?:by|per|for each|for every|each|every|across(?: all| the| our)?|among(?: the| our)?|(?:split|broken|grouped|divided|sorted|ranked)(?: up| down)? (?:by|into|per))`;
const whole = (source: string): RegExp => new RegExp(`(?<![\\w-])(?:${source})(?![\\w-])`);

const BY_TWO = whole(`${BY} (${KNOWN}|${UNKNOWN}) (?:and|and by|then|,) (?:then )?(?:by |per )?(${KNOWN}|${UNKNOWN})`);
const BY_ONE = whole(`${BY} (?:single )?(${KNOWN}|${UNKNOWN})`);
const DAY_BY_DAY = whole('(day|week|month|hour) (?:by|after|for) (?:day|week|month|hour)');
const WHICH = whole(
  `(?:which|what|how many(?: different)?)(?: of (?:our|the))?(?: (?:${MOST}|${LEAST}|${NUMBER.replace('(', '(?:')}|expensive|single|kinds? of|other|are (?:our|the)(?: (?:${MOST}|${LEAST}))?(?: expensive)?))* (${KNOWN}|${UNKNOWN})`,
);
const RANKED = whole(
  `(?:(?:${MOST}|${LEAST})(?: ${ASKED_OF})?|expensive|costly|slow|ranking of|ranked|list of|list|compare)(?: all)?(?: our| the)?(?: ${NUMBER})? (${KNOWN}|${UNKNOWN})`,
);
const ALL_BY = whole(`all(?: of)?(?: our| the)? (${KNOWN}) by(?! (?:${KNOWN}|${UNKNOWN}))`);
const BREAKDOWN = whole(`(${KNOWN})[ -](?:breakdown|split|ranking|comparison|wise|level)`);
const ADVERB = whole('(hourly|daily|weekly|monthly)');
const OVER_TIME = whole('over time|trends?|trending|timeline|chart|graph|develop(?:ed|ment)?|evol\\w+|history');
const WHO = whole("who(?:'s|se)?|whom");
const COUNTED = whole(
  `(?:which|what) ${NUMBER}|(?:top|first|bottom) ${NUMBER}|${NUMBER} (?:${MOST}|${LEAST})|(?:${MOST}|${LEAST}) ${NUMBER}`,
);
/** "Only the cheapest": of the table that was shown, and the end of what is asked. */
const SINGLE_ROW = new RegExp(
  `(?<![\\w-])(?:(?:only|just) (?:the )?(?:${MOST}|(${LEAST}))(?: ${ASKED_OF})?(?: one)?|(?:${MOST}|(${LEAST}))(?: ${ASKED_OF})? one(?: only)?)(?=\\W*$)`,
);
const LEAST_OF = whole(LEAST);
const MOST_OF = whole(MOST);

/** Takes by what the answer is broken down out of the text. `trendUnit`: what "over time" means for the period at hand. */
export function takeBreakdowns(text: RemainingText, trendUnit: BreakdownBy): Breakdowns {
  const by: BreakdownBy[] = [];
  const unknown: string[] = [];
  const add = (noun: string | undefined): void => {
    if (noun === undefined) return;
    const known = BREAKDOWNS.find((one) => new RegExp(`^(?:${NOUNS[one]})$`).test(noun));
    if (known === undefined) unknown.push(noun);
    else if (!by.includes(known)) by.push(known);
  };
  const ranking = findRanking(text);
  const two = text.take(BY_TWO);
  add(two?.[1]);
  add(two?.[2]);
  for (const pattern of [ALL_BY, BY_ONE, DAY_BY_DAY, WHICH, BREAKDOWN])
    text.takeAll(pattern).forEach((found) => add(found[1]));
  text.takeAll(RANKED).forEach((found) => add(found[2]));
  text.takeAll(ADVERB).forEach(([word]) => add(ADVERBS[word]));
  if (text.takeAll(OVER_TIME).length > 0 && !by.some((one) => ['hour', 'day', 'week', 'month'].includes(one)))
    add(trendUnit);
  if (text.takeAll(WHO).length > 0) add('person');
  if (ranking?.count !== undefined) text.takeAll(COUNTED);
  return { by, ...(ranking && { ranking }), unknown };
}

/** Takes the wish for a single row of the table that the question before has led to. */
export function takeSingleRow(text: RemainingText): Ranking | undefined {
  const found = text.take(SINGLE_ROW);
  if (found === undefined) return undefined;
  return { order: (found[1] ?? found[2]) === undefined ? 'most' : 'least', count: 1 };
}

/** The words stay, since they may name the noun beside them. */
function findRanking(text: RemainingText): Ranking | undefined {
  const order = text.find(LEAST_OF) !== undefined && text.find(MOST_OF) === undefined ? 'least' : 'most';
  const count = numberOf(
    text
      .find(COUNTED)
      ?.slice(1)
      .find((group) => group !== undefined) ?? '0',
  );
  if (count > 0) return { order, count };
  return text.find(LEAST_OF) === undefined && text.find(MOST_OF) === undefined ? undefined : { order };
}
