import { priceAt, type PriceTable, type UsageEvent } from '../../../ssot/analytics';

type Kind =
  | 'failed_or_superseded'
  | 'repeated_prompt'
  | 'batchable'
  | 'cacheable_opening'
  | 'small_call_on_large_model';

/** The rules of waste, for calls that cost something, as a person would go through a list of calls, one by one: `kind model feature calls` of each sum. */
export function wasteOf(calls: readonly UsageEvent[], prices: PriceTable): readonly string[] {
  const found = calls.flatMap((call) => {
    const kind = kindOf(call, calls, prices);
    return kind === undefined ? [] : [`${kind} ${call.model} ${call.feature}`];
  });
  return [...Map.groupBy(found, (sum) => sum)].map(([sum, all]) => `${sum} ${all.length}`);
}

const at = (call: UsageEvent): number => Date.parse(call.at);

function isWasted(call: UsageEvent, calls: readonly UsageEvent[]): boolean {
  if (call.status === 'failed') return true;
  if (call.promptHash === undefined) return false;
  return calls.some(
    (other) =>
      at(other) > at(call) &&
      at(other) - at(call) <= 60_000 &&
      other.promptHash === call.promptHash &&
      other.feature === call.feature &&
      other.personId === call.personId,
  );
}

function isRepeated(call: UsageEvent, calls: readonly UsageEvent[]): boolean {
  if (call.promptHash === undefined || call.status !== 'completed') return false;
  return calls.some(
    (other) =>
      at(other) < at(call) &&
      at(call) - at(other) <= 24 * 3_600_000 &&
      !isWasted(other, calls) &&
      other.promptHash === call.promptHash &&
      other.feature === call.feature &&
      other.model === call.model,
  );
}

/** Whether the opening was sent to the model within the five minutes before. */
function isWarm(call: UsageEvent, calls: readonly UsageEvent[]): boolean {
  return calls.some(
    (other) =>
      at(other) < at(call) &&
      at(call) - at(other) <= 300_000 &&
      other.model === call.model &&
      other.opening?.hash === call.opening?.hash,
  );
}

function kindOf(call: UsageEvent, calls: readonly UsageEvent[], prices: PriceTable): Kind | undefined {
  const price = priceAt(prices, call.provider, call.model, at(call));
  if (isWasted(call, calls)) return 'failed_or_superseded';
  if (isRepeated(call, calls)) return 'repeated_prompt';
  // Without a price nobody knows whether anything else would have cost less.
  if (price === undefined) return undefined;
  if (call.background && price.batchFactor !== undefined) return 'batchable';
  const { opening } = call;
  const isLong = opening !== undefined && opening.tokens >= 1_024 && opening.tokens > call.cachedInputTokens;
  if (isLong && isWarm(call, calls)) return 'cacheable_opening';
  const isSmall = call.inputTokens <= 1_000 && call.outputTokens <= 300;
  return isSmall && price.smaller !== undefined ? 'small_call_on_large_model' : undefined;
}
