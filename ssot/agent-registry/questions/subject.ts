import { takeBreakdowns, takeSingleRow, TIMES, type BreakdownBy, type Ranking } from './dimensions';
import { takeMeasures, type Measure } from './measures';
import { wholeWords, type RemainingText } from './remaining-text';

/** An answer is broken down by so many things. */
export const MAX_BREAKDOWNS = 2;
const OWN =
  /(?<![\w-])(?:(?:did|do|have|has|am|was) i (?=spen|us|cost|pa|call|mak|made)|i (?=spen|use|cost|pa[iy]|called|made)|my (?:own )?(?=usage|use|spend|cost|calls|tokens|requests|share|failed)|by me|of mine)/;
/** Answered by what it was spent on, beside what the period before was spent on. */
const WHY = wholeWords(
  "why|how come|(?:reasons?|causes?) (?:for|of|behind)|what(?:'s| is| was)? (?:behind|driving|drives|drove|causing|causes|caused)",
);
const FAILED_CALLS = wholeWords('(?:failed|failing|unsuccessful|broken) (?:calls?|requests?)');

/** What is asked for. */
export interface Subject {
  /** Empty when none is named. */
  readonly measures: readonly Measure[];
  readonly by: readonly BreakdownBy[];
  readonly ranking: Ranking | undefined;
  readonly asksWhy: boolean;
  readonly ownOnly: boolean;
  readonly ofFailedCalls: boolean;
  readonly notes: readonly string[];
}

/**
 * Takes what is asked for out of the text. `trendUnit`: what "over time" means for the period at hand; `when`: it is asked
 * for over time; `isTableShown`: the thread has led to a table, of which a row may be meant.
 */
export function takeSubject(
  text: RemainingText,
  context: {
    readonly trendUnit: BreakdownBy;
    readonly when: { readonly by: BreakdownBy | undefined } | undefined;
    readonly isTableShown: boolean;
    readonly asksForAverage: boolean;
  },
): Subject {
  const asksWhy = text.take(WHY) !== undefined;
  const singleRow = context.isTableShown ? takeSingleRow(text) : undefined;
  const ownOnly = text.take(OWN) !== undefined;
  const ofFailedCalls = text.take(FAILED_CALLS) !== undefined;
  // "The least used feature" names a measure and a breakdown with the same words.
  const measured = takeMeasures(text.copy());
  const breakdowns = takeBreakdowns(text, context.trendUnit);
  takeMeasures(text);
  const hasTimes = breakdowns.by.some((one) => TIMES.includes(one));
  const overTime = context.when !== undefined && !hasTimes ? [context.when.by ?? context.trendUnit] : [];
  const by = [...breakdowns.by, ...overTime];
  const notes = [
    ...breakdowns.unknown.map(
      (noun) =>
        `Usage is not recorded by ${noun.replace(/s$/, '')}; it can be shown by model, provider, feature, person, day, week or month.`,
    ),
    ...by
      .slice(MAX_BREAKDOWNS)
      .map((one) => `An answer is broken down by two things at most, so "${one}" is not taken into account.`),
  ];
  if (context.asksForAverage && !measured.some((measure) => measure === 'latency' || measure === 'failures'))
    notes.push('No averages are worked out: the answer has spend and calls.');
  return {
    measures: measured.length === 0 && ofFailedCalls ? ['failures'] : measured,
    by,
    ranking: singleRow ?? breakdowns.ranking,
    asksWhy,
    ownOnly,
    ofFailedCalls,
    notes,
  };
}
