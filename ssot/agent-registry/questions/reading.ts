import { takeTimes } from './asked-times';
import type { Asking, Span } from './calendar';
import type { Comparison } from './comparisons';
import { goOn, type ConversationFilter } from './conversation';
import type { BreakdownBy, Ranking } from './dimensions';
import { mentionsAi, type Measure } from './measures';
import { takeNarrowing, type KnownNames, type ReadNarrowing } from './narrowing';
import { before as periodBefore, DAY_MS, spanOf, USUAL, type NamedPeriod } from './periods';
import { inSmallLetters, RemainingText } from './remaining-text';
import { MAX_BREAKDOWNS, takeSubject } from './subject';
import { takeUnanswered, unansweredOfSavings } from './unanswered';
import { unreadWords } from './words';

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
const MAX_NOTES = 5;

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

  // Each takes its words out of the text, so the order decides what is read as what.
  const narrowing = takeNarrowing(text, original, known);
  const unanswered = takeUnanswered(text);
  const times = takeTimes(text, asking, before);
  const period = times.period ?? before.period ?? USUAL;
  const { from, to } = spanOf(period, asking);
  const subject = takeSubject(text, {
    trendUnit: trendUnitOf(from, to),
    when: times.when,
    isTableShown: before.by !== undefined,
    asksForAverage: unanswered.asksForAverage,
  });
  const unread = unreadWords(text.pieces());

  const { measures, ofFailedCalls, ranking } = subject;
  const isFollowUp = measures.length === 0;
  const asksForSavings = measures[0] === 'savings';
  // What can be saved is told with its reasons.
  const explains = subject.asksWhy && (measures[0] ?? before.measures?.[0]) !== 'savings';
  const comparison =
    times.other === undefined ? (times.comparison ?? (explains ? {} : undefined)) : { with: times.other };
  const several = severalOf(narrowing);
  const isOneThingCompared = several === undefined || comparison?.with !== undefined;
  const comparedWith = isOneThingCompared ? spanComparedWith(comparison, period, asking) : undefined;
  // Savings are no table, so whoever goes on with one, or with a comparison, asks for spending.
  const asksForTable = before.measures?.[0] === 'savings' && (subject.by.length > 0 || comparison !== undefined);
  const by = subject.by.length > 0 || several === undefined ? subject.by.slice(0, MAX_BREAKDOWNS) : [several];
  const models = narrowing.to.model ?? before.models;
  // What one model costs is explained by what it was used for.
  const reasons = explains ? [models?.length === 1 ? ('feature' as const) : ('model' as const)] : [];
  const isAsBefore = isFollowUp && before.by !== undefined;
  const { conversation, carriedOver } = goOn(
    {
      period: times.period,
      models: narrowing.to.model,
      providers: narrowing.to.provider,
      features: narrowing.to.feature,
      // Whoever asks for their own calls asks for nobody else's.
      people: narrowing.people ?? (subject.ownOnly ? [] : undefined),
      measures: !isFollowUp ? measures : asksForTable ? ['spend'] : undefined,
      by: by.length > 0 ? by : isAsBefore ? undefined : reasons,
    },
    before,
  );

  const isNamed = Object.keys(narrowing.to).length > 0 || narrowing.people !== undefined;
  // "Top 3" is about the table that was shown before.
  const narrowsTable = ranking !== undefined && before.by !== undefined;
  const asksWhyOfTable = subject.asksWhy && before.measures !== undefined;
  const isInScope =
    !isFollowUp ||
    isNamed ||
    narrowing.leftOut.length > 0 ||
    times.asksForComparison ||
    unanswered.asksForContent ||
    mentionsAi(plain) ||
    (unread.length === 0 && (times.isPeriodNamed || subject.by.length > 0 || narrowsTable || asksWhyOfTable));
  const notes = [
    ...notesOnNames(narrowing),
    ...unanswered.notes,
    ...times.notes,
    ...subject.notes,
    ...(asksForSavings
      ? unansweredOfSavings({
          by: subject.by,
          ofFailedCalls,
          besideAnotherPeriod: times.other !== undefined || times.comparison?.with !== undefined,
        })
      : []),
    ...(isInScope && unread.length > 0 ? [`Not taken into account: ${listed(unread)}.`] : []),
  ];
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
    // What would save is looked for among all calls; failures are told of those that failed anyway.
    failedOnly: ofFailedCalls && measures[0] !== 'failures' && !asksForSavings,
    ownOnly: subject.ownOnly,
    carriedOver,
    unread,
    notes: [...new Set(notes)].slice(0, MAX_NOTES),
    isInScope,
    conversation,
  };
}

function notesOnNames({ leftOut, unclear }: ReadNarrowing): readonly string[] {
  return [
    ...leftOut.map((words) => `Nothing can be left out of an answer yet, so "${words}" is not taken into account.`),
    ...unclear.map((name) => `"${name}" may be a model or a feature; write model "${name}" or feature "${name}".`),
  ];
}

/** Two models that are compared are compared with each other. */
function severalOf({ to, people }: Pick<ReadNarrowing, 'to' | 'people'>): BreakdownBy | undefined {
  const { model, provider, feature } = to;
  const named = { model, provider, feature, person: people };
  return (Object.keys(named) as (keyof typeof named)[]).find((what) => (named[what]?.length ?? 0) > 1);
}

function spanComparedWith(comparison: Comparison | undefined, period: NamedPeriod, asking: Asking): Span | undefined {
  if (comparison === undefined) return undefined;
  return comparison.with === undefined ? periodBefore(period, asking) : spanOf(comparison.with, asking);
}

function trendUnitOf(from: Date, to: Date): BreakdownBy {
  const days = (to.getTime() - from.getTime()) / DAY_MS;
  return days <= TREND.day ? 'day' : days <= TREND.week ? 'week' : 'month';
}

function listed(words: readonly string[]): string {
  const told = words.slice(0, MAX_WORDS_TOLD).map((word) => `"${word}"`);
  return words.length > told.length ? `${told.join(', ')} and more` : told.join(', ');
}
