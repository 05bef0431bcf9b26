import { wholeWords, type RemainingText } from './remaining-text';

/** What a question can ask for, in words that people use for it. */
export const MEASURES = ['spend', 'savings', 'tokens', 'calls', 'latency', 'failures'] as const;
export type Measure = (typeof MEASURES)[number];

const WORDS: Readonly<Record<Measure, string>> = {
  savings:
    'sav(?:e|es|ed|ing|ings)|(?:spend|pay) less|cut(?:ting)?(?: down| back)?|reduc\\w*|cheaper|smaller models?|wast\\w*|optimi[sz]\\w*|econom\\w*|trim|lower(?:ing)?|without need|needless\\w*|unnecessar\\w*|avoid\\w*|for nothing|batch\\w*|repeat\\w*|retr(?:y|ies|ied|ying)|duplicat\\w*|cach(?:e|ing|eable)|(?:could|can|should) (?:have been|be) cached|oversized|inefficien\\w*|overspend\\w*|overpa(?:y|id)\\w*|overcharg\\w*|recommend(?:ations?)?|what (?:should|must) (?:i|we) (?:do|change|fix|improve)(?: first| next| now| about (?:it|this|that))?(?=\\W*$)|what (?:can|could) (?:i|we) (?:do|change|fix|improve) (?:first|next|now|about (?:it|this|that))(?=\\W*$)',
  tokens:
    '(?:(?:in|out)put (?:vs\\.?|versus|and|or|against) (?:in|out)put tokens?|(?:(?:in|out)put |cached |prompt |completion )?tokens?)',
  latency: 'latenc(?:y|ies)|slow\\w*|fast\\w*|response times?|how long|speed|duration|quick\\w*|wait(?:ing)? times?',
  failures: 'fail\\w*|errors?|error rates?|unsuccessful|broken|went wrong|crash\\w*|success rates?',
  calls:
    'calls?|requests?|usage|us(?:e|es|ed|ing)|how often|how many times|volume|traffic|quer(?:y|ies)|busiest|popular|activity|invocations?',
  spend:
    'spend\\w*|spent|cheapest|burn\\w*|costs?|costly|costing|money|pay|pays|paid|paying|payments?|pric(?:e|es|ed|ing|ey)|bill|bills|billed|billing|budgets?|invoices?|invoiced|expens\\w*|charges?|charged|how much|dear|dearer|dearest|outlay|expenditures?',
};

/** Longer readings first: "spend less" is about savings, "response time" about latency. */
const ORDER: readonly Measure[] = ['savings', 'tokens', 'latency', 'failures', 'calls', 'spend'];

/** Words that every question about AI may hold, and that ask for nothing by themselves. */
const ABOUT_AI = wholeWords('ai|llms?|models?|providers?|features?|vendors?|reports?|reporting');

/**
 * Takes what is asked for out of the text; the first named comes first. "Save" wins over all others, since whoever asks how to
 * save asks for no other table; money that failed calls cost is still money.
 */
export function takeMeasures(text: RemainingText): readonly Measure[] {
  const found = ORDER.flatMap((measure) =>
    text.takeAll(wholeWords(WORDS[measure])).map(({ 0: word, index }) => ({ measure, word, index })),
  ).sort((a, b) => a.index - b.index);
  // "How much" alone is a question for money; "how much did we use" is not.
  const said = new Set(found.filter(({ word }) => word !== 'how much').map(({ measure }) => measure));
  const named = [...new Set(found.map(({ measure }) => measure))].filter((one) => said.size === 0 || said.has(one));
  if (named.includes('savings')) return ['savings'];
  // "What do our calls cost?" asks for money: "use" and "calls" beside any other measure only name what is measured.
  const others = named.filter((one) => one !== 'calls');
  return others.length > 0 ? others : named;
}

export function mentionsAi(text: string): boolean {
  return ABOUT_AI.test(text);
}
