import type { BreakdownBy } from './dimensions';
import { wholeWords, type RemainingText } from './remaining-text';

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
const BUDGET = wholeWords('budgets?|budgeted');
/** "How much is one call?" */
const ONE_CALL = wholeWords(
  '(?<=(?:how much (?:is|was|does|did|for)|what (?:does|did)) )(?:an?|one|each|every) (?:single |average )?(?:call|request|query)',
);
/** "Show me the prompts of Ravi": what they say, not what they cost. */
const CONTENT = wholeWords(
  '(?:(?:show|list|read|see|print)(?: me| us)?|what (?:are|were)) (?:(?:all|the|our|my|some|last|latest|recent) )*(?:prompts?|conversations?|messages?)(?! tokens?)',
);
const OTHER_CURRENCY = wholeWords('in (?:eur|euros?|gbp|(?:british )?pounds?|chf|francs?|yen|jpy|[€£])');
const SHARE = wholeWords('(?:shares?|percent(?:age)?|proportion|fraction|portion|part) (?:of|is|do|does|goes|comes)');
/** Their share is in the answer. */
const FAILING = /(?<![\w-])(?:fail|error)/;

export interface Unanswered {
  /** Whole sentences. */
  readonly notes: readonly string[];
  readonly asksForAverage: boolean;
  /** What prompts say. */
  readonly asksForContent: boolean;
}

/** What no answer has, whoever asks: takes it out of the text as far as it would be read as something else. */
export function takeUnanswered(text: RemainingText): Unanswered {
  const notes: string[] = [];
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
  return { notes, asksForAverage: averages || ofOneCall, asksForContent };
}

/** What an answer about savings does not have. */
export function unansweredOfSavings(asked: {
  readonly by: readonly BreakdownBy[];
  readonly ofFailedCalls: boolean;
  readonly besideAnotherPeriod: boolean;
}): readonly string[] {
  return [
    ...(asked.ofFailedCalls ? ['Savings are looked for among all calls, not only among those that failed.'] : []),
    ...asked.by
      .filter((one) => one !== 'model' && one !== 'feature')
      .map((one) => `Savings are listed one by one with their feature and model; they are not broken down by ${one}.`),
    ...(asked.besideAnotherPeriod ? ['Savings are not compared with those of another period.'] : []),
  ];
}
