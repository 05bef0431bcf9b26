import type { Asking } from './calendar';
import { takeComparison, type Comparison } from './comparisons';
import type { ConversationFilter } from './conversation';
import type { BreakdownBy } from './dimensions';
import { takePeriod, takePeriodBefore, type ReadPeriod } from './period-phrases';
import { spanOf, USUAL, type NamedPeriod } from './periods';
import { wholeWords, type RemainingText } from './remaining-text';

const COMPARED = wholeWords('compar\\w*');
/** Answered over time, and not beside the period before. */
const WHEN = wholeWords('when (?:did|do|does|was|were|has|have|is)|from (hour|day|week|month) to \\1');

export interface AskedTimes {
  /** Absent when none was named that can be answered about. */
  readonly period: NamedPeriod | undefined;
  readonly isPeriodNamed: boolean;
  /** What it is compared with. */
  readonly comparison: Comparison | undefined;
  /** Two periods are named: "compare July and August". */
  readonly other: NamedPeriod | undefined;
  /** "More", "compared with": whatever was made of it. */
  readonly asksForComparison: boolean;
  /** "When did it rise?": over time, by this if it says so. */
  readonly when: { readonly by: BreakdownBy | undefined } | undefined;
  readonly notes: readonly string[];
}

/** Takes the period that is asked about, and what it is compared with, out of the text. */
export function takeTimes(text: RemainingText, asking: Asking, before: ConversationFilter): AskedTimes {
  const read = takeComparison(text, asking);
  const isBesideBefore = read.comparison !== undefined && !('with' in read.comparison) && !('of' in read.comparison);
  const when = isBesideBefore ? text.take(WHEN) : undefined;
  const { comparison, note } = when === undefined ? read : {};
  const areTwo = comparison === undefined ? text.find(COMPARED) !== undefined : comparison.with === undefined;
  const { named, other } = takePeriods(text, asking, areTwo, before);
  return {
    period: named === undefined ? comparison?.of : named.period,
    isPeriodNamed: named !== undefined,
    comparison,
    other,
    asksForComparison: read.comparison !== undefined,
    when: when && { by: when[1] as BreakdownBy | undefined },
    notes: [named?.note, note].filter((each) => each !== undefined),
  };
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
