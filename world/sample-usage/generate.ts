/**
 * Writes `usage-template.csv`: `npx node --require ./support/typescript/register.js world/sample-usage/generate.ts`. Same seed, same file, to the byte.
 * README.md beside it says what each feature stands for.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SEED = 20_250_910;
const DAYS = 29;

interface Habit {
  readonly feature: string;
  readonly provider: string;
  readonly model: string;
  /** Calls on a working day and on a quiet one. */
  readonly calls: readonly [working: number, quiet: number];
  readonly hours: readonly [first: number, last: number];
  readonly input: readonly [number, number];
  readonly output: readonly [number, number];
  readonly opening?: {
    readonly name: string;
    readonly tokens: number;
    /** How many of a hundred calls read it from a cache. */ readonly cachedIn100: number;
  };
  readonly background?: true;
  readonly people: readonly [number, number];
  /** Of a hundred calls: fail, are given up, are sent again at once, ask what was asked the same day. */
  readonly in100: {
    readonly failed: number;
    readonly cancelled: number;
    readonly resent: number;
    readonly repeated: number;
  };
}

const HABITS: readonly Habit[] = [
  {
    feature: 'support-assistant',
    provider: 'openai',
    model: 'gpt-4o',
    calls: [14, 4],
    hours: [7, 19],
    input: [1_600, 4_200],
    output: [120, 520],
    opening: { name: 'support-instructions', tokens: 1_408, cachedIn100: 45 },
    people: [1, 4],
    in100: { failed: 3, cancelled: 2, resent: 3, repeated: 6 },
  },
  {
    feature: 'ticket-triage',
    provider: 'openai',
    model: 'gpt-4o',
    calls: [13, 3],
    hours: [6, 20],
    input: [180, 900],
    output: [8, 120],
    people: [0, 0],
    in100: { failed: 2, cancelled: 0, resent: 0, repeated: 4 },
  },
  {
    feature: 'report-writer',
    provider: 'anthropic',
    model: 'claude-3-5-sonnet',
    calls: [5, 1],
    hours: [8, 18],
    input: [4_000, 19_000],
    output: [700, 2_600],
    people: [5, 7],
    in100: { failed: 4, cancelled: 3, resent: 2, repeated: 12 },
  },
  {
    feature: 'code-review',
    provider: 'anthropic',
    model: 'claude-3-5-sonnet',
    calls: [6, 0],
    hours: [8, 19],
    input: [3_200, 12_000],
    output: [250, 1_400],
    opening: { name: 'review-guidelines', tokens: 2_048, cachedIn100: 30 },
    people: [6, 8],
    in100: { failed: 4, cancelled: 2, resent: 4, repeated: 3 },
  },
  {
    feature: 'nightly-summary',
    provider: 'openai',
    model: 'gpt-4o',
    calls: [8, 8],
    hours: [1, 4],
    input: [2_200, 6_500],
    output: [280, 640],
    background: true,
    people: [0, 0],
    in100: { failed: 3, cancelled: 0, resent: 0, repeated: 0 },
  },
  {
    feature: 'search-suggestions',
    provider: 'openai',
    model: 'gpt-4o-mini',
    calls: [5, 2],
    hours: [7, 22],
    input: [120, 600],
    output: [10, 80],
    people: [1, 8],
    in100: { failed: 1, cancelled: 1, resent: 0, repeated: 8 },
  },
  {
    feature: 'document-tagging',
    provider: 'in-house',
    model: 'llama-3.1-70b',
    calls: [1, 0],
    hours: [9, 17],
    input: [900, 3_000],
    output: [20, 90],
    people: [0, 0],
    in100: { failed: 2, cancelled: 0, resent: 0, repeated: 0 },
  },
];

/** mulberry32: 32 bits of state, the same numbers on every machine. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const next = numbers(SEED);
const between = ([least, most]: readonly [number, number]): number => least + Math.floor(next() * (most - least + 1));
const happens = (in100: number): boolean => next() * 100 < in100;
const clock = (seconds: number): string =>
  [seconds / 3_600, (seconds / 60) % 60, seconds % 60]
    .map((part) => String(Math.floor(part)).padStart(2, '0'))
    .join(':');

interface Line {
  readonly day: number;
  readonly second: number;
  readonly cells: readonly (string | number)[];
}
const lines: Line[] = [];
let prompts = 0;

for (let day = DAYS; day >= 1; day--) {
  const quiet = day % 7 === 0 || day % 7 === 6;
  for (const habit of HABITS) {
    const asked: { prompt: string; input: number; second: number }[] = [];
    for (let i = 0; i < habit.calls[quiet ? 1 : 0]; i++) {
      const second = between([habit.hours[0] * 3_600, habit.hours[1] * 3_600]);
      const earlier = asked.filter((one) => one.second + 600 < second);
      const again = happens(habit.in100.repeated) ? earlier.at(-1) : undefined;
      const prompt = again?.prompt ?? `prompt-${++prompts}`;
      const input = again?.input ?? between(habit.input);
      const person = habit.people[0] === 0 ? 0 : between(habit.people);
      if (happens(habit.in100.resent)) line(habit, day, second - between([15, 55]), prompt, input, person, 'completed');
      const status = happens(habit.in100.failed)
        ? 'failed'
        : happens(habit.in100.cancelled)
          ? 'cancelled'
          : 'completed';
      line(habit, day, second, prompt, input, person, status);
      asked.push({ prompt, input, second });
    }
  }
}

function line(
  habit: Habit,
  day: number,
  second: number,
  prompt: string,
  input: number,
  person: number,
  status: string,
): void {
  const { feature, provider, model, opening } = habit;
  const cached = opening !== undefined && happens(opening.cachedIn100) ? opening.tokens : 0;
  const full = between(habit.output);
  const output = status === 'failed' ? 0 : status === 'cancelled' ? Math.floor(full / 3) : full;
  const latency = 350 + output * between([9, 16]) + Math.floor(input / 20);
  lines.push({
    day,
    second,
    cells: [
      feature,
      provider,
      model,
      status,
      input,
      cached,
      output,
      latency,
      habit.background === true ? 'yes' : 'no',
      person,
      prompt,
      opening?.name ?? '',
      opening?.tokens ?? 0,
    ],
  });
}

lines.sort((a, b) => b.day - a.day || a.second - b.second);
const head =
  'call,daysBefore,time,feature,provider,model,status,input,cached,output,latencyMs,background,person,prompt,opening,openingTokens';
const body = lines.map(({ day, second, cells }, i) =>
  [String(i + 1).padStart(4, '0'), day, clock(second), ...cells].join(','),
);
writeFileSync(join(__dirname, 'usage-template.csv'), `${[head, ...body].join('\n')}\n`);
console.log(`usage-template.csv: ${lines.length} calls over ${DAYS} days`);
