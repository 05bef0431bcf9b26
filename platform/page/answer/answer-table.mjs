import { count, duration, money, period, plain } from '../common/labels.mjs';

/**
 * What a report answers with, as a table: pure, so that it is tested without a browser.
 *
 * @typedef {import('../types.ts').Report} Report
 * @typedef {NonNullable<Report['answer']>} Answer
 * @typedef {Answer['total']} Figures
 * @typedef {Answer['measures'][number]} Measure
 */

/** @type {Readonly<Record<Measure, string>>} */
const NAMES = {
  spend: 'Spend',
  savings: 'Savings',
  tokens: 'Tokens',
  calls: 'Calls',
  latency: 'Response times',
  failures: 'Failed calls',
};

/** @type {Readonly<Record<Measure, readonly (readonly [string, (figures: Figures) => string])[]>>} */
const COLUMNS = {
  spend: [['Spent', spentIn]],
  savings: [['Spent', spentIn]],
  tokens: [
    ['Input tokens', ({ inputTokens }) => grouped(inputTokens)],
    ['Of them cached', ({ cachedInputTokens }) => grouped(cachedInputTokens)],
    ['Output tokens', ({ outputTokens }) => grouped(outputTokens)],
  ],
  calls: [],
  latency: [
    ['Half within', ({ performance }) => (performance === undefined ? 'unknown' : duration(performance.medianMs))],
    ['95 % within', ({ performance }) => (performance === undefined ? 'unknown' : duration(performance.p95Ms))],
  ],
  failures: [['Failed', ({ performance }) => (performance?.failed ?? 0).toLocaleString('en')]],
};

const TIMES = ['hour', 'day', 'week', 'month'];

/**
 * @param {Answer} answer
 * @param {string} [timeZone]
 * @returns {{ caption: string, columns: string[], rows: string[][] }}
 */
export function answerTable({ measures, by, rows, of, total, before }, timeZone) {
  const figures = [...measures.flatMap((measure) => COLUMNS[measure]), CALLS];
  const compared = before === undefined ? [] : figures.slice(0, 1);
  const titles = [
    ...by.map(plain),
    ...figures.map(([title]) => title),
    ...compared.flatMap(([title]) => [
      `${title}, ${before === undefined ? '' : period({ ...before, timeZone })}`,
      'Change',
    ]),
  ];
  const measure = measures[0] ?? 'spend';
  const shown = of > rows.length ? ` (${rows.length} of ${of})` : '';
  return {
    caption: `${titleOf({ measures, by })}${shown}`,
    columns: by.length === 0 ? ['', ...titles] : titles,
    rows: [
      ...rows.map(({ keys, now, before: earlier }) => [
        ...keys,
        ...figures.map(([, of]) => of(now)),
        ...compared.flatMap(([, of]) =>
          earlier === undefined ? ['none', 'new'] : [of(earlier), changeInWords(changeOf(measure, now, earlier))],
        ),
      ]),
      [
        'Together',
        ...by.slice(1).map(() => ''),
        ...figures.map(([, of]) => of(total)),
        ...compared.flatMap(([, of]) =>
          before === undefined ? [] : [of(before.total), changeInWords(changeOf(measure, total, before.total))],
        ),
      ],
    ],
  };
}

/** @type {readonly [string, (figures: Figures) => string]} */
const CALLS = ['Calls', ({ calls }) => calls.toLocaleString('en')];

/** @param {Pick<Answer, 'measures' | 'by'>} asked */
export function titleOf({ measures, by }) {
  const what = measures.map((measure, index) => (index === 0 ? NAMES[measure] : NAMES[measure].toLowerCase()));
  return `${what.join(' and ')}${by.length === 0 ? '' : ` by ${by.join(' and ')}`}`;
}

/**
 * Heights of a chart over time, the largest is 1; nothing where a chart would say no more than the table.
 *
 * @param {Answer} answer
 * @returns {readonly { label: string, height: number }[]}
 */
export function barsOf({ measures, by, rows }) {
  if (by.length !== 1 || !TIMES.includes(by[0] ?? '') || rows.length < 3) return [];
  const measure = measures[0] ?? 'spend';
  const sizes = rows.map(({ now }) => sizeOf(measure, now));
  const largest = Math.max(...sizes);
  if (largest === 0) return [];
  return rows.map(({ keys }, index) => ({ label: keys[0] ?? '', height: (sizes[index] ?? 0) / largest }));
}

/**
 * By how many per cent a figure has grown, below zero where it has shrunk; or why nobody can say. Amounts of different currencies
 * are not compared.
 *
 * @param {Measure} measure
 * @param {Figures} now
 * @param {Figures} before
 * @returns {number | 'unknown' | 'none before'}
 */
export function changeOf(measure, now, before) {
  if (measure === 'spend' && (isUnknown(now) || isUnknown(before))) return 'unknown';
  const currency = now.spends[0]?.currency ?? before.spends[0]?.currency;
  const [current, earlier] = [sizeOf(measure, now, currency), sizeOf(measure, before, currency)];
  if (earlier === 0) return current === 0 ? 0 : 'none before';
  return (100 * (current - earlier)) / earlier;
}

/**
 * `12.5 % more` as sentences have it, and on one line.
 *
 * @param {ReturnType<typeof changeOf>} change
 */
export function changeInWords(change) {
  if (typeof change === 'string') return change;
  if (change === 0) return 'the same';
  const percent = Math.abs(change).toLocaleString('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return `${percent}\u00a0%\u00a0${change > 0 ? 'more' : 'less'}`;
}

/** @param {Figures} figures */
const isUnknown = ({ spends, unpricedCalls }) => spends.length === 0 && unpricedCalls > 0;

/**
 * For the height of a bar and a share in per cent, so that a float will do. Money in the currency, or in the first there is.
 *
 * @param {Measure} measure
 * @param {Figures} figures
 * @param {string} [currency]
 */
function sizeOf(measure, { spends, calls, inputTokens, outputTokens, performance }, currency) {
  if (measure === 'tokens') return Number(inputTokens) + Number(outputTokens);
  if (measure === 'calls') return calls;
  if (measure === 'latency') return performance?.medianMs ?? 0;
  if (measure === 'failures') return performance?.failed ?? 0;
  const spend = currency === undefined ? spends[0] : spends.find((one) => one.currency === currency);
  return Number(spend?.amount ?? 0);
}

/**
 * What an earlier question of the thread had said, and the words that take it back.
 *
 * @param {Report} report
 * @returns {readonly { label: string, without: string }[]}
 */
export function keptFilters({ covers: { models, providers, features, people = [], carriedOver }, period: about }) {
  const kept = [
    { what: 'models', label: `only ${listed('model', models)}`, without: 'for all models' },
    { what: 'providers', label: `only ${listed('provider', providers)}`, without: 'for all providers' },
    { what: 'features', label: `only ${listed('feature', features)}`, without: 'for all features' },
    { what: 'people', label: `only calls of ${people.join(', ')}`, without: 'for everybody' },
    { what: 'period', label: period(about), without: 'in the last 30 days' },
  ];
  return kept.filter(({ what }) => carriedOver.some((name) => name === what));
}

/**
 * @param {string} noun
 * @param {readonly string[]} names
 */
const listed = (noun, names) => (names.length > 3 ? count(names.length, noun) : `${noun} ${names.join(', ')}`);

/** @param {Figures} figures */
function spentIn({ spends, unpricedCalls }) {
  const known = spends.map(money).join(' and ');
  if (known === '') return unpricedCalls > 0 ? 'unknown' : 'nothing';
  return unpricedCalls > 0 ? `${known} and an unknown amount` : known;
}

/** @param {string} digits */
const grouped = (digits) => BigInt(digits).toLocaleString('en');
