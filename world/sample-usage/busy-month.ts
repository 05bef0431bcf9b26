import type { TenantId, UserId } from '../../ssot/kernel';

/** How a feature of the busy company uses its model. Ranges are `[least, most]`, both in. */
interface Habit {
  readonly feature: string;
  readonly provider: string;
  readonly model: string;
  /** On a working day; a quiet day has the `quiet`th part of them. */
  readonly calls: number;
  readonly quiet: number;
  /** Days of the month in which it was not used yet. */
  readonly from?: number;
  readonly hours: readonly [number, number];
  readonly input: readonly [number, number];
  readonly output: readonly [number, number];
  readonly opening?: { readonly tokens: number; readonly cachedIn100: number };
  readonly background?: true;
  /** Which of the company's people use it; none: nobody waits for it. */
  readonly people?: readonly [number, number];
  /** Of a hundred calls: fail, are sent again at once, ask what was asked the same day. */
  readonly in100: { readonly failed: number; readonly resent: number; readonly repeated: number };
}

const DAYS = 29;
const SONNET = { provider: 'anthropic', model: 'claude-3-5-sonnet' } as const;
const GPT = { provider: 'openai', model: 'gpt-4o' } as const;
/** Nearly 400,000 calls a month that cost some thousand dollars, with each kind of waste in plain sight. */
const HABITS: readonly Habit[] = [
  {
    ...{ feature: 'support-assistant', ...GPT, calls: 3_600, quiet: 3, hours: [7, 19] },
    ...{ input: [1_600, 4_200], output: [120, 520], opening: { tokens: 1_408, cachedIn100: 45 }, people: [0, 3] },
    in100: { failed: 3, resent: 3, repeated: 6 },
  },
  {
    ...{ feature: 'ticket-triage', ...GPT, calls: 3_000, quiet: 4, hours: [6, 20] },
    ...{ input: [180, 900], output: [8, 120] },
    in100: { failed: 2, resent: 0, repeated: 4 },
  },
  {
    ...{ feature: 'report-writer', ...SONNET, calls: 800, quiet: 6, hours: [8, 18] },
    ...{ input: [4_000, 19_000], output: [700, 2_600], people: [4, 6] },
    in100: { failed: 4, resent: 2, repeated: 12 },
  },
  {
    ...{ feature: 'code-review', ...SONNET, calls: 1_100, quiet: 12, hours: [8, 19] },
    ...{ input: [3_200, 12_000], output: [250, 1_400], opening: { tokens: 2_048, cachedIn100: 30 }, people: [5, 7] },
    in100: { failed: 4, resent: 4, repeated: 3 },
  },
  {
    ...{ feature: 'sales-assistant', ...SONNET, calls: 1_400, quiet: 5, from: 12, hours: [8, 18] },
    ...{ input: [2_400, 6_400], output: [300, 900], people: [2, 8] },
    in100: { failed: 2, resent: 1, repeated: 9 },
  },
  {
    ...{ feature: 'nightly-summary', ...GPT, calls: 1_500, quiet: 1, hours: [1, 4] },
    ...{ input: [2_200, 6_500], output: [280, 640], background: true },
    in100: { failed: 3, resent: 0, repeated: 0 },
  },
  {
    ...{
      feature: 'contract-search',
      provider: 'anthropic',
      model: 'claude-3-5-haiku',
      calls: 900,
      quiet: 5,
      hours: [8, 18],
    },
    ...{ input: [5_000, 16_000], output: [120, 600], people: [1, 8] },
    in100: { failed: 1, resent: 1, repeated: 2 },
  },
  {
    ...{
      feature: 'search-suggestions',
      provider: 'openai',
      model: 'gpt-4o-mini',
      calls: 2_400,
      quiet: 2,
      hours: [7, 22],
    },
    ...{ input: [120, 600], output: [10, 80], people: [0, 8] },
    in100: { failed: 1, resent: 0, repeated: 8 },
  },
  {
    ...{
      feature: 'document-tagging',
      provider: 'in-house',
      model: 'llama-3.1-70b',
      calls: 300,
      quiet: 4,
      hours: [9, 17],
    },
    ...{ input: [900, 3_000], output: [20, 90] },
    in100: { failed: 2, resent: 0, repeated: 0 },
  },
];

/** A month of a company that would pay for being told, as statements by which ClickHouse writes its calls down itself. */
export function busyMonth(of: {
  readonly tenantId: TenantId;
  readonly people: readonly UserId[];
  readonly asOf: Date;
}): readonly string[] {
  return HABITS.map((habit) => statementOf(habit, of));
}

/** Numbers without order, the same each time: the `salt`th of each call, from the least to the most. */
const between = ([least, most]: readonly [number, number], salt: string, of = 'number'): string =>
  `toUInt64(${least} + sipHash64(${of}, '${salt}') % ${most - least + 1})`;
const happens = (in100: number, salt: string): string => `sipHash64(number, '${salt}') % 100 < ${in100}`;

function statementOf(habit: Habit, { tenantId, people, asOf }: Parameters<typeof busyMonth>[0]): string {
  const { feature, provider, model, hours, opening, in100 } = habit;
  const midnight = Math.floor(asOf.getTime() / 86_400_000) * 86_400;
  const perDay = Array.from({ length: DAYS }, (_, day) =>
    callsOn(habit, day, (midnight / 86_400 - DAYS + day + 4) % 7),
  );
  const upTo = perDay.map((_, day) => perDay.slice(0, day + 1).reduce((sum, calls) => sum + calls, 0));
  const users = habit.people === undefined ? [] : people.slice(habit.people[0], habit.people[1] + 1);
  const seconds: [number, number] = [hours[0] * 3_600, hours[1] * 3_600 - 1];
  // What is sent again at once is the call before it, half a minute later.
  const first = `if(resent, number - 1, number)`;
  return `insert into usage (tenant_id, event_id, fingerprint, at, provider, model, feature, status, input_tokens,
      cached_input_tokens, output_tokens, latency_ms, background, person_id, run_id, prompt_hash, opening_hash, opening_tokens)
    with number > 0 and ${happens(in100.resent, `${feature} resent`)} as resent, ${first} as sent,
      toUInt64(arrayFirstIndex(x -> x > sent, [${upTo.join(', ')}])) - 1 as day,
      if(${happens(in100.failed, `${feature} failed`)}, 'failed', 'completed') as outcome,
      if(${happens(opening?.cachedIn100 ?? 0, `${feature} cached`)}, ${opening?.tokens ?? 0}, 0) as cached,
      if(outcome = 'failed', 0, ${between(habit.output, `${feature} output`)}) as output
    select '${tenantId}', concat('busy-${feature}-', toString(number)), '',
      toDateTime64(${midnight - DAYS * 86_400} + day * 86400 + ${between(seconds, `${feature} time`, 'sent')}
        + if(resent, 30, 0), 3, 'UTC'),
      '${provider}', '${model}', '${feature}', outcome, ${between(habit.input, `${feature} input`, 'sent')}, cached, output,
      350 + output * 12, ${habit.background === true ? 1 : 0},
      ${users.length === 0 ? "''" : `arrayElement([${users.map((id) => `'${id}'`).join(', ')}], 1 + sipHash64(sent, '${feature}') % ${users.length})`}, '',
      hex(sipHash64('${feature}', if(sipHash64(sent, '${feature} repeated') % 100 < ${in100.repeated}, sent % 40, sent + 1000))),
      '${opening === undefined ? '' : `${feature}-instructions`}', ${opening?.tokens ?? 0}
    from numbers(${upTo.at(-1) ?? 0})`;
}

/** Weekday 0 is Sunday. Use grows by a hundredth a day. */
function callsOn({ calls, quiet, from = 0 }: Habit, day: number, weekday: number): number {
  if (day < from) return 0;
  const usual = weekday === 0 || weekday === 6 ? calls / quiet : calls;
  return Math.round((usual * (100 + day)) / 100);
}
