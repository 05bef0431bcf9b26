import { COUNTED } from '../readings/reading';

/** Shortest and longest of what counts as waste; inside is what equals the limit. */
export const THRESHOLDS = {
  supersededMs: 60_000,
  repeatMs: 24 * 3_600_000,
  openingTokens: 1_024,
  openingMs: 5 * 60_000,
  smallInput: 1_000,
  smallOutput: 300,
} as const;

/**
 * What is needed of each call, as narrow as it can be: a million calls are put in three orders, and what makes that slow is
 * the width of a row. Names and hashes are compared by a hash of 64 bits; two of a company's million that
 * are the same by chance are to be expected once in thirty million such companies.
 */
const CALLS = `select at, cityHash64(provider, model, feature) as what, cityHash64(event_id) as tie,
    status::String = 'failed' as failed, status::String = 'completed' as completed, background,
    input_tokens, cached_input_tokens, output_tokens,
    if(opening_tokens >= ${THRESHOLDS.openingTokens} and opening_tokens > cached_input_tokens,
      opening_tokens - cached_input_tokens, 0) as uncached,
    prompt_hash != '' as has_prompt, opening_hash != '' as has_opening,
    if(has_prompt, cityHash64(feature, person_id, prompt_hash), tie) as of_person,
    if(has_prompt, cityHash64(provider, model, feature, prompt_hash), tie) as of_model,
    if(has_opening, cityHash64(provider, model, opening_hash), tie) as of_opening,
    (${COUNTED}) as counted
  from uses`;

/**
 * What each call looks like beside its neighbours. A call is superseded when the same person sent the same prompt again
 * within a minute.
 */
const BESIDE_NEIGHBOURS = `select * except (of_person, of_opening, has_opening, failed),
    failed or (has_prompt and leadInFrame(at) over (partition by of_person order by at, tie
      rows between current row and 1 following) between at and at + interval ${THRESHOLDS.supersededMs} millisecond) as wasted,
    uncached > 0 and has_opening and lagInFrame(at) over (partition by of_opening order by at, tie
      rows between 1 preceding and current row) >= at - interval ${THRESHOLDS.openingMs} millisecond as opening
  from (${CALLS})`;

/** A prompt is repeated only after a call that was of use, so the one answer that was needed is never called waste. */
const AFTER_EARLIER = `select * except (of_model, has_prompt, completed, tie),
    has_prompt and completed and maxIf(at, not wasted) over (partition by of_model order by at, tie
      rows between unbounded preceding and 1 preceding) >= at - interval ${THRESHOLDS.repeatMs} millisecond as repeated
  from (${BESIDE_NEIGHBOURS})`;

const alike = (epoch: string): string => `select what, ${epoch} as period, wasted, repeated, background, opening,
    input_tokens <= ${THRESHOLDS.smallInput} and output_tokens <= ${THRESHOLDS.smallOutput} as small,
    count() as calls, sum(toUInt128(input_tokens)) as input, sum(toUInt128(cached_input_tokens)) as cached,
    sum(toUInt128(output_tokens)) as output, sum(toUInt128(if(opening, uncached, 0))) as again
  from (${AFTER_EARLIER}) where counted
  group by what, period, wasted, repeated, background, opening, small`;

const named = (epoch: string): string => `select * from (${alike(epoch)}) as alike any left join
    (select distinct cityHash64(provider, model, feature) as what, provider, model, feature from uses) as names using (what)`;

/** Features and models with the most calls are told one by one; plans allow fewer models. */
const MAX_FEATURES = 500;
const MAX_MODELS = 500;
/** Calls of one model and feature that look alike. What is beyond the ceilings is summed in the store: an answer is no larger
 * for a customer who has a name for every call. `epoch`: see `priceEpoch`. */
export const callsAlike = (
  epoch: string,
): string => `select if(is_rest, '', provider) as provider_name, if(is_rest, '', model) as model_name,
    if(is_rest or is_small, '', feature) as feature_name, is_rest or is_small as rest,
    period, wasted, repeated, background, opening, small, sum(calls) as all_calls, toString(sum(input)) as inputs,
    toString(sum(cached)) as cacheds, toString(sum(output)) as outputs, toString(sum(again)) as agains
  from (
    select *, dense_rank() over (order by of_model desc, provider, model) > ${MAX_MODELS} as is_rest,
      dense_rank() over (order by of_feature desc, feature) > ${MAX_FEATURES} as is_small
    from (select *, sum(calls) over (partition by provider, model) as of_model,
      sum(calls) over (partition by feature) as of_feature from (${named(epoch)})))
  group by provider_name, model_name, feature_name, rest, period, wasted, repeated, background, opening, small`;
