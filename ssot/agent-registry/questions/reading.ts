import { z } from 'zod';
import type { Asking, Span } from './calendar';
import { takeComparison, type Comparison } from './comparisons';
import { BREAKDOWNS, takeSingleRow, takeBreakdowns, TIMES, type BreakdownBy, type Ranking } from './dimensions';
import { mentionsAi, MEASURES, takeMeasures, type Measure } from './measures';
import { takeNarrowing, type KnownNames, type ReadNarrowing } from './narrowing';
import { takePeriod, takePeriodBefore, type ReadPeriod } from './period-phrases';
import { before as periodBefore, DAY_MS, namedPeriod, spanOf, USUAL, type NamedPeriod } from './periods';
import { inSmallLetters, RemainingText, wholeWords } from './remaining-text';
import { unreadWords } from './words';

/** What a thread has settled on, until it is said otherwise. */
export const conversationFilter = z.strictObject({
  period: namedPeriod.optional(),
  models: z.array(z.string()).optional(),
  providers: z.array(z.string()).optional(),
  features: z.array(z.string()).optional(),
  /** Ids. */
  people: z.array(z.string()).optional(),
  measures: z.array(z.enum(MEASURES)).optional(),
  by: z.array(z.enum(BREAKDOWNS)).optional(),
});
export type ConversationFilter = z.infer<typeof conversationFilter>;

/** What a question was understood to ask. Instants are RFC 3339 in UTC: `from` is in, `to` is out. */
export interface QuestionReading {
  readonly measures: readonly Measure[];
  readonly by: readonly BreakdownBy[];
  readonly ranking?: Ranking;
  readonly period: NamedPeriod;
  readonly from: string;
  readonly to: string;
  readonly comparedWith?: { readonly from: string; readonly to: string };
  readonly models: readonly string[];
  readonly providers: readonly string[];
  readonly features: readonly string[];
  /** Ids of colleagues. */
  readonly people: readonly string[];
  /** Only failed calls: "what did failed calls cost?" */
  readonly failedOnly: boolean;
  /** Only calls of who asks. */
  readonly ownOnly: boolean;
  /** What an earlier question of the thread said and this one did not. */
  readonly carriedOver: readonly (keyof ConversationFilter)[];
  /** Words of which nothing was made. */
  readonly unread: readonly string[];
  /** Whole sentences about what could not be used. */
  readonly notes: readonly string[];
  /** Whether it is about the use or the cost of AI at all. */
  readonly isInScope: boolean;
  /** What the thread goes on with. */
  readonly conversation: ConversationFilter;
}

/** Days up to which "over time" means day by day; weeks and months beyond. */
const TREND = { day: 62, week: 182 } as const;
const MAX_WORDS_TOLD = 6;
const MAX_BREAKDOWNS = 2;
const MAX_NOTES = 5;
const OWN =
  /(?<![\w-])(?:(?:did|do|have|has|am|was) i (?=spen|us|cost|pa|call|mak|made)|i (?=spen|use|cost|pa[iy]|called|made)|my (?:own )?(?=usage|use|spend|cost|calls|tokens|requests|share|failed)|by me|of mine)/;
/** "Less than 100 USD" is no comparison with an earlier period. */
const AMOUNT_LIMIT = wholeWords(
  '(?:(?:less|more|fewer|lower|higher|cheaper) than|under|over|above|below|at (?:least|most)) (?:[$€£] ?\\d+(?:[.,]\\d+)*k?|\\d+(?:[.,]\\d+)*k? ?(?:usd|eur|gbp|dollars?|euros?|[$€£]))',
);
/** Of spend, tokens and calls; those of times are in the answer. */
const AVERAGES = wholeWords(
  '(?:on )?average|avg\\.?|mean (?:costs?|spend(?:ing)?|price)|(?:costs?|spend(?:ing)?|price) of a (?:call|request)|(?:per|for each|for every) (?:single )?(?:(?:\\d[\\d,.]*k?|hundred|thousand|million) (?:calls?|requests?|tokens?)|call|request)',
);
const PER_MANY = wholeWords(
  '(?:per|for each|for every) (?:\\d[\\d,.]*k?|hundred|thousand|million) (?:calls?|requests?|tokens?)',
);
const COMPARED = wholeWords('compar\\w*');
const BUDGET = wholeWords('budgets?|budgeted');
/** "How much is one call?" */
const ONE_CALL = wholeWords(
  '(?<=(?:how much (?:is|was|does|did|for)|what (?:does|did)) )(?:an?|one|each|every) (?:single |average )?(?:call|request|query)',
);
/** "Show me the prompts of Ravi": what they say, not what they cost. */
const CONTENT = wholeWords(
  '(?:(?:show|list|read|see|print)(?: me| us)?|what (?:are|were)) (?:(?:all|the|our|my|some|last|latest|recent) )*(?:prompts?|conversations?|messages?)(?! tokens?)',
);
/** Answered over time, and not beside the period before. */
const WHEN = wholeWords('when (?:did|do|does|was|were|has|have|is)|from (hour|day|week|month) to \\1');
const OTHER_CURRENCY = wholeWords('in (?:eur|euros?|gbp|(?:british )?pounds?|chf|francs?|yen|jpy|[€£])');
const SHARE = wholeWords('(?:shares?|percent(?:age)?|proportion|fraction|portion|part) (?:of|is|do|does|goes|comes)');
/** Their share is in the answer. */
const FAILING = /(?<![\w-])(?:fail|error)/;
/** Answered by what it was spent on, beside what the period before was spent on. */
const WHY = wholeWords(
  "why|how come|(?:reasons?|causes?) (?:for|of|behind)|what(?:'s| is| was)? (?:behind|driving|drives|drove|causing|causes|caused)",
);
const FAILED_CALLS = wholeWords('(?:failed|failing|unsuccessful|broken) (?:calls?|requests?)');

/**
 * Reads a question in plain English: what is asked for, by what, narrowed to what, for which period and compared with which.
 * Nothing is narrowed or replaced in silence: what could not be read stands in `notes`. What the question does not name is as the
 * thread has settled before; without that it is spending over the last 30 days. Pure.
 */
export function readQuestion(
  question: string,
  asking: Asking,
  known: KnownNames,
  before: ConversationFilter = {},
): QuestionReading {
  const original = question.replace(/\s+/g, ' ');
  const plain = inSmallLetters(original).replace(/’/g, "'");
  const text = new RemainingText(plain);
  const notes: string[] = [];

  const narrowing = takeNarrowing(text, original, known);
  for (const words of narrowing.leftOut)
    notes.push(`Nothing can be left out of an answer yet, so "${words}" is not taken into account.`);
  for (const name of narrowing.unclear)
    notes.push(`"${name}" may be a model or a feature; write model "${name}" or feature "${name}".`);
  for (const [words] of text.takeAll(AMOUNT_LIMIT))
    notes.push(`Nothing is left out by its amount yet, so "${words}" is not taken into account.`);
  const averages = text.find(AVERAGES) !== undefined;
  text.takeAll(PER_MANY);
  const ofOneCall = text.takeAll(ONE_CALL).length > 0;
  const asksForContent = text.takeAll(CONTENT).length > 0;
  if (asksForContent)
    notes.push('What was asked and answered in calls is not shown: the answer is about their number and cost.');
  if (text.find(BUDGET) !== undefined) notes.push('No budget is known here: the answer has what was spent.');
  if (text.takeAll(OTHER_CURRENCY).length > 0)
    notes.push('Nothing is converted: amounts are in the currency of the price list.');
  if (SHARE.test(text.text) && !FAILING.test(text.text))
    notes.push('No shares are worked out: the answer has the amounts.');
  const read = takeComparison(text, asking);
  const isBesideBefore = read.comparison !== undefined && !('with' in read.comparison) && !('of' in read.comparison);
  const when = isBesideBefore ? text.take(WHEN) : undefined;
  const comparison = when === undefined ? read : {};
  const { named, other } = takePeriods(
    text,
    asking,
    comparison.comparison === undefined ? text.find(COMPARED) !== undefined : comparison.comparison.with === undefined,
    before,
  );
  notes.push(...[named?.note, comparison.note].filter((note) => note !== undefined));
  const usable = named === undefined ? comparison.comparison?.of : named.period;
  const period = usable ?? before.period ?? USUAL;
  const { from, to } = spanOf(period, asking);

  const asksWhy = text.take(WHY) !== undefined;
  const singleRow = before.by === undefined ? undefined : takeSingleRow(text);
  const ownOnly = text.take(OWN) !== undefined;
  const failedCalls = text.take(FAILED_CALLS) !== undefined;
  // "The least used feature" names a measure and a breakdown with the same words.
  const measured = takeMeasures(text.copy());
  const trendUnit = trendUnitOf(from, to);
  const breakdowns = takeBreakdowns(text, trendUnit);
  const wanted =
    when === undefined || breakdowns.by.some((one) => TIMES.includes(one))
      ? breakdowns.by
      : [...breakdowns.by, (when[1] as BreakdownBy | undefined) ?? trendUnit];
  for (const noun of breakdowns.unknown) {
    notes.push(
      `Usage is not recorded by ${noun.replace(/s$/, '')}; it can be shown by model, provider, feature, person, day, week or month.`,
    );
  }
  for (const one of wanted.slice(MAX_BREAKDOWNS))
    notes.push(`An answer is broken down by two things at most, so "${one}" is not taken into account.`);
  takeMeasures(text);
  if ((averages || ofOneCall) && !measured.some((measure) => measure === 'latency' || measure === 'failures'))
    notes.push('No averages are worked out: the answer has spend and calls.');
  const asked = measured.length > 0 ? measured : failedCalls ? (['failures'] as const) : [];
  // What would save is looked for among all calls; failures are told of those that failed anyway.
  const failedOnly = failedCalls && asked[0] !== 'failures' && asked[0] !== 'savings';
  if (failedCalls && asked[0] === 'savings')
    notes.push('Savings are looked for among all calls, not only among those that failed.');
  if (asked[0] === 'savings') {
    for (const one of wanted.filter((one) => one !== 'model' && one !== 'feature')) {
      notes.push(`Savings are listed one by one with their feature and model; they are not broken down by ${one}.`);
    }
    if (other !== undefined || comparison.comparison?.with !== undefined)
      notes.push('Savings are not compared with those of another period.');
  }

  const isFollowUp = asked.length === 0;
  // What can be saved is told with its reasons.
  const explains = asksWhy && (asked[0] ?? before.measures?.[0]) !== 'savings';
  const compared = other === undefined ? (comparison.comparison ?? (explains ? {} : undefined)) : { with: other };
  // Savings are no table, so whoever goes on with one, or with a comparison, asks for spending.
  const asksForTable = before.measures?.[0] === 'savings' && (wanted.length > 0 || compared !== undefined);
  const goesOnWith = !isFollowUp ? asked : asksForTable ? (['spend'] as const) : before.measures;

  const unread = unreadWords(text.pieces());
  const isNamed = Object.keys(narrowing.to).length > 0 || narrowing.people !== undefined;
  // "Top 3" is about the table that was shown before.
  const ranking = singleRow ?? breakdowns.ranking;
  const narrowsTable = ranking !== undefined && before.by !== undefined;
  const asksWhyOfTable = asksWhy && before.measures !== undefined;
  const isInScope =
    asked.length > 0 ||
    isNamed ||
    narrowing.leftOut.length > 0 ||
    read.comparison !== undefined ||
    asksForContent ||
    mentionsAi(plain) ||
    (unread.length === 0 && (named !== undefined || wanted.length > 0 || narrowsTable || asksWhyOfTable));
  if (isInScope && unread.length > 0) notes.push(`Not taken into account: ${listed(unread)}.`);

  const several = severalOf(narrowing);
  const by = wanted.length > 0 || several === undefined ? wanted.slice(0, MAX_BREAKDOWNS) : [several];
  // Whoever asks for their own calls asks for nobody else's.
  const people = narrowing.people ?? (ownOnly ? [] : undefined);
  const kept = isFollowUp ? before.by : undefined;
  const models = settledOn(narrowing.to.model, before.models);
  // What one model costs is explained by what it was used for.
  const reasons = explains ? [models?.length === 1 ? ('feature' as const) : ('model' as const)] : undefined;
  const conversation = withoutNothing({
    period: usable ?? before.period,
    models,
    providers: settledOn(narrowing.to.provider, before.providers),
    features: settledOn(narrowing.to.feature, before.features),
    people: settledOn(people, before.people),
    measures: goesOnWith,
    by: by.length > 0 ? by : (kept ?? reasons),
  });
  const comparedWith = spanComparedWith(
    several === undefined || compared?.with !== undefined ? compared : undefined,
    period,
    asking,
  );
  const carried: Record<keyof ConversationFilter, boolean> = {
    period: usable === undefined && before.period !== undefined,
    models: narrowing.to.model === undefined && before.models !== undefined,
    providers: narrowing.to.provider === undefined && before.providers !== undefined,
    features: narrowing.to.feature === undefined && before.features !== undefined,
    people: people === undefined && before.people !== undefined,
    measures: isFollowUp && !asksForTable && before.measures !== undefined,
    by: by.length === 0 && isFollowUp && before.by !== undefined,
  };
  return {
    measures: conversation.measures ?? ['spend'],
    by: conversation.by ?? [],
    ...(ranking && { ranking }),
    period,
    from: from.toISOString(),
    to: to.toISOString(),
    ...(comparedWith && { comparedWith: { from: comparedWith.from.toISOString(), to: comparedWith.to.toISOString() } }),
    models: conversation.models ?? [],
    providers: conversation.providers ?? [],
    features: conversation.features ?? [],
    people: conversation.people ?? [],
    failedOnly,
    ownOnly,
    carriedOver: (Object.keys(carried) as (keyof ConversationFilter)[]).filter((what) => carried[what]),
    unread,
    notes: [...new Set(notes)].slice(0, MAX_NOTES),
    isInScope,
    conversation,
  };
}

/** Two models that are compared are compared with each other. */
function severalOf({ to, people }: Pick<ReadNarrowing, 'to' | 'people'>): BreakdownBy | undefined {
  const { model, provider, feature } = to;
  const named = { model, provider, feature, person: people };
  return (Object.keys(named) as (keyof typeof named)[]).find((what) => (named[what]?.length ?? 0) > 1);
}

/** The period that is asked about and, in "compare July and August", the earlier one that it is compared with. */
function takePeriods(
  text: RemainingText,
  asking: Asking,
  areTwo: boolean,
  before: ConversationFilter,
): { named?: ReadPeriod; other?: NamedPeriod } {
  // Only in a thread there is something that "the week before" comes before.
  const settled = before.period ?? (before.measures && USUAL);
  const first = takePeriod(text, asking) ?? (settled && takePeriodBefore(text, asking, settled));
  if (first === undefined) return {};
  const second = areTwo ? takePeriod(text, asking) : undefined;
  if (first.period === undefined || second?.period === undefined) return { named: first };
  const isFirstLater = spanOf(first.period, asking).from >= spanOf(second.period, asking).from;
  return isFirstLater ? { named: first, other: second.period } : { named: second, other: first.period };
}

function spanComparedWith(comparison: Comparison | undefined, period: NamedPeriod, asking: Asking): Span | undefined {
  if (comparison === undefined) return undefined;
  return comparison.with === undefined ? periodBefore(period, asking) : spanOf(comparison.with, asking);
}

function trendUnitOf(from: Date, to: Date): BreakdownBy {
  const days = (to.getTime() - from.getTime()) / DAY_MS;
  return days <= TREND.day ? 'day' : days <= TREND.week ? 'week' : 'month';
}

/** Named: those; named as "all": none; not named: as before. */
function settledOn(
  named: readonly string[] | undefined,
  before: readonly string[] | undefined,
): readonly string[] | undefined {
  return named === undefined ? before : named.length === 0 ? undefined : named;
}

function withoutNothing(filter: {
  readonly [K in keyof ConversationFilter]: ConversationFilter[K] | readonly string[] | undefined;
}): ConversationFilter {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

function listed(words: readonly string[]): string {
  const told = words.slice(0, MAX_WORDS_TOLD).map((word) => `"${word}"`);
  return words.length > told.length ? `${told.join(', ')} and more` : told.join(', ');
}
