/** Words that carry nothing which an answer would have to obey. */
const EMPTY = new Set(
  (
    'a again about actually all already also although always am among amount amounts an and another any anything approximately are as ask at available away be became because been ' +
    "before being better between both but by can cannot can't check company compute computed could current currently data day days dear detail detailed details did didn't different display do " +
    "does doesn't doing don't down each easily either else especially est etc euro euros dollar dollars usd eur even ever every exact exactly explain far figure figures find first for from " +
    "further gave general get gets give given go goes going good got great had happen happened happening has have haven't having hello help her here hey hi high him his " +
    "how however i i'd i'll i'm i've if impact important in individual information inside instead into is isn't it it's its itself just keep kind kinds know last least less let let's like list little ll " +
    'long look lot lots made main make makes making many matter may me mean might mine more most move much must my near need needs never next no not now number numbers of off ok okay ' +
    'on once one ones only or order other others our ours out overall overview own part parts per perhaps period please possible present publish published put quick quite rank ranking ranked rate rates rather really ' +
    're recent recently regarding report reports reporting respectively result results right roughly run running same say see seem send set several shall share shares she should show shows showing side since size so some ' +
    "something sort start state still stuff such sum summary summaries summarise summarize take team's tell than thank thanks that that's the their them then there there's these they thing things think this those through thus time times to together " +
    "too total totals toward try turn two type types under understand up us v value values ve very via view want wanted was wasn't way ways we we'd we'll we're we've week weeks well went were what " +
    "what's when where where's whether which while who why will with within without won't work worked working works worth would wouldn't write written wrong year years yes yet you you'd your yours " +
    'ai artificial intelligence llm llms model models provider providers vendor vendors feature features platform system tool tools service services api apis big biggest large largest small smallest high highest low lowest ' +
    'vs versus top bottom cheapest fastest slowest greatest expensive month months average averages p50 p90 p95 p99 percentile percentiles mean median typical usual usually come comes coming anyone everybody everyone everything item items line lines break breakdown split group grouped table picture ' +
    'prompt prompts business bring seen actual goes heavy heavily affect affects worst best costliest dearest priciest busiest popular reliable frequent over area areas place places reason reasons causes cause behind drives driving driver drivers percent percentage plan plans'
  ).split(' '),
);

/** Words of a text that nothing was made of, as they were written, each once. */
export function unreadWords(pieces: readonly string[]): readonly string[] {
  const words = pieces.flatMap((piece) => piece.match(/[\p{L}\p{N}][\p{L}\p{N}'._:/-]*/gu) ?? []);
  const unread = words
    .map((word) => word.replace(/['._:/-]+$/, ''))
    .filter((word) => !/^\p{L}$/u.test(word) && !EMPTY.has(word.toLowerCase()));
  return [...new Set(unread)];
}
