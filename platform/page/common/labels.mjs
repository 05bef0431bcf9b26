/** What things are called on the page. Whatever has no name here is shown by its own. */

/** @type {Readonly<Record<string, string>>} */
const AGENTS = {
  triage: 'Triage',
  data: 'Data',
  optimisation: 'Optimisation',
  'action-planning': 'Action planning',
  reporting: 'Reporting',
};

/** @type {Readonly<Record<string, string>>} */
const TOOLS = {
  usage_coverage: 'Looking how much usage is recorded',
  usage_summary: 'Adding up calls and cost',
  usage_breakdown: 'Working out what was asked for',
  price_list: 'Reading the price list',
  find_savings: 'Looking for savings',
};

/** @type {Readonly<Record<string, string>>} */
const FINDINGS = {
  failed_or_superseded: 'Failed or superseded calls',
  repeated_prompt: 'Prompts that were answered before',
  batchable: 'Background calls that could be batched',
  cacheable_opening: 'Shared openings that could be cached',
  small_call_on_large_model: 'Small calls on a large model',
};

/** @type {Readonly<Record<string, string>>} */
const TROUBLES = {
  overloaded: 'The server is full right now.',
  not_ready: 'The server is starting.',
  restarting: 'The server is restarting.',
  disconnected: 'You closed this tab from another one. Reload it to go on here.',
};
const FOR_PROGRAMS = /^(invalid_|unknown_type|binary_|subprotocol_|token_)/;

/**
 * What the refusal of a connection means to people, where the platform's own words are for programs.
 *
 * @param {{ code: string, message: string }} refusal
 */
export function troubleWords({ code, message }) {
  if (FOR_PROGRAMS.test(code)) return 'The server did not understand this page. Reload it.';
  return TROUBLES[code] ?? message;
}

/** @param {string} kind */
export const agentName = (kind) => AGENTS[kind] ?? plain(kind);
/** @param {string} tool */
export const toolName = (tool) => TOOLS[tool] ?? plain(tool);
/** @param {string} rule */
export const findingName = (rule) => FINDINGS[rule] ?? plain(rule);

/**
 * `daysWithUse` and `days_with_use` read `Days with use`.
 *
 * @param {string} name
 */
export function plain(name) {
  const words = name.replace(/[_-]/g, ' ').replace(/([a-z])([A-Z])/g, '$1 $2');
  return words.charAt(0).toUpperCase() + words.slice(1).toLowerCase();
}

/**
 * `only model large` reads `Only model large.`
 *
 * @param {string} words
 */
export const sentence = (words) => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;

/**
 * `1 call`, `1,500 calls`.
 *
 * @param {number} number
 * @param {string} noun
 */
export const count = (number, noun) => `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;

/**
 * Amounts are decimal text and are never turned into a float: `2,000.01 USD`, as sentences have it.
 *
 * @param {{ amount: string, currency: string }} money
 */
export function money({ amount, currency }) {
  const form = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'code' });
  const [code, number] = form.format(/** @type {Intl.StringNumericLiteral} */ (amount)).split('\u00a0');
  return `${number}\u00a0${code}`;
}

/**
 * `2026-03-01`, as questions and sentences have it.
 *
 * @param {Date} at
 * @param {string} timeZone
 */
const day = (at, timeZone) => new Intl.DateTimeFormat('sv', { dateStyle: 'short', timeZone }).format(at);

/**
 * `2026-03-01 09:30`.
 *
 * @param {Date} at
 * @param {string} timeZone
 */
const minute = (at, timeZone) =>
  new Intl.DateTimeFormat('sv', { dateStyle: 'short', timeStyle: 'short', timeZone }).format(at);
const MINUTE_MS = 60_000;

/**
 * `from` is in, `to` is out; both RFC 3339. One that begins within a day is told with its times. Where its days are not those of
 * UTC, it says so.
 *
 * @param {{ from: string, to: string, timeZone?: string | undefined }} period
 */
export function period({ from, to, timeZone }) {
  const zone = timeZone ?? 'UTC';
  const first = day(new Date(from), zone);
  const last = day(new Date(Date.parse(to) - 1), zone);
  const isWithinDay = day(new Date(Date.parse(from) - MINUTE_MS), zone) === first;
  const days = first === last ? first : `${first} to ${last}`;
  const range = isWithinDay ? `${minute(new Date(from), zone)} to ${minute(new Date(to), zone)}` : days;
  if (timeZone !== undefined) return `${range} (${timeZone})`;
  return isWithinDay ? `${range} UTC` : range;
}

/** @param {string} at RFC 3339 */
export const clockTime = (at) => new Date(at).toLocaleTimeString('en', { hour: '2-digit', minute: '2-digit' });

/** @param {number} ms */
export function duration(ms) {
  return ms < 1_000 ? `${Math.max(0, Math.round(ms))} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/**
 * What a tool was given or found, as pairs of name and text: nested names are joined, lists are counted.
 *
 * @param {unknown} value JSON
 * @param {string} [name]
 * @returns {readonly (readonly [string, string])[]}
 */
export function facts(value, name = '') {
  if (value === null) return [];
  if (isMoney(value)) return [[name, money(value)]];
  if (Array.isArray(value)) return [[name, value.every(isShort) ? value.join(', ') || 'none' : String(value.length)]];
  if (typeof value !== 'object') return [[name || 'Result', told(value)]];
  return Object.entries(value).flatMap(([key, inner]) =>
    facts(inner, name ? `${name}, ${plain(key).toLowerCase()}` : plain(key)),
  );
}

/**
 * @param {unknown} value
 * @returns {value is { amount: string, currency: string }}
 */
const isMoney = (value) => typeof value === 'object' && value !== null && 'amount' in value && 'currency' in value;
/** @param {unknown} value */
const isShort = (value) => typeof value === 'string' || typeof value === 'number';
const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/** @param {unknown} value */
function told(value) {
  if (typeof value === 'number') return value.toLocaleString('en');
  const text = String(value);
  return INSTANT.test(text) ? `${text.slice(0, 10)} ${text.slice(11, 16)} UTC` : text;
}

/** @param {string} at RFC 3339 */
export const shortDay = (at) => new Date(at).toLocaleDateString('en', { day: 'numeric', month: 'short' });

/**
 * `29 Nov, 10:15 AM`.
 *
 * @param {string} at RFC 3339
 */
export const instant = (at) => `${shortDay(at)}, ${clockTime(at)}`;
