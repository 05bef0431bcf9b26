/** What things are called on the page. Whatever has no name here is shown by its own. */

const AGENTS = {
  triage: 'Triage',
  data: 'Data',
  optimisation: 'Optimisation',
  'action-planning': 'Action planning',
  reporting: 'Reporting',
};

const TOOLS = {
  usage_coverage: 'Looking how much usage is recorded',
  usage_summary: 'Adding up calls and cost',
  price_list: 'Reading the price list',
  find_savings: 'Looking for savings',
  publish_report: 'Publishing the report',
};

const FINDINGS = {
  failed_or_superseded: 'Failed or superseded calls',
  repeated_prompt: 'Prompts that were answered before',
  batchable: 'Background calls that could be batched',
  cacheable_opening: 'Shared openings that could be cached',
  small_call_on_large_model: 'Small calls on a large model',
};

const TROUBLES = {
  overloaded: 'The server is full right now.',
  not_ready: 'The server is starting.',
  restarting: 'The server is restarting.',
};
const FOR_PROGRAMS = /^(invalid_|unknown_type|binary_|subprotocol_|token_)/;

/** What the live line's refusal means to people, where the platform's own words are for programs. */
export function troubleWords({ code, message }) {
  if (FOR_PROGRAMS.test(code)) return 'The server did not understand this page. Reload it.';
  return TROUBLES[code] ?? message;
}

export const agentName = (kind) => AGENTS[kind] ?? plain(kind);
export const toolName = (tool) => TOOLS[tool] ?? plain(tool);
export const findingName = (rule) => FINDINGS[rule] ?? plain(rule);

/** `daysWithUse` and `days_with_use` read `Days with use`. */
export function plain(name) {
  const words = name.replace(/[_-]/g, ' ').replace(/([a-z])([A-Z])/g, '$1 $2');
  return words.charAt(0).toUpperCase() + words.slice(1).toLowerCase();
}

/** `1 call`, `1,500 calls`. */
export const count = (number, noun) => `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;

/** Amounts are decimal text and are never turned into a float: `USD 2,000.01`. */
export function money({ amount, currency }) {
  const form = { style: 'currency', currency, currencyDisplay: 'code' };
  return new Intl.NumberFormat('en', form).format(amount);
}

const DAY = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' });

/** `from` is in, `to` is out; both RFC 3339. */
export const period = ({ from, to }) => DAY.formatRange(new Date(from), new Date(Date.parse(to) - 1));

export const clockTime = (at) => new Date(at).toLocaleTimeString('en', { hour: '2-digit', minute: '2-digit' });

export function duration(ms) {
  return ms < 1_000 ? `${Math.max(0, Math.round(ms))} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** What a tool was given or found, as pairs of name and text: nested names are joined, lists are counted. */
export function facts(value, name = '') {
  if (value === null) return [];
  if (typeof value === 'object' && 'amount' in value && 'currency' in value) return [[name, money(value)]];
  if (Array.isArray(value)) return [[name, value.every(isShort) ? value.join(', ') || 'none' : String(value.length)]];
  if (typeof value !== 'object') return [[name || 'Result', told(value)]];
  return Object.entries(value).flatMap(([key, inner]) =>
    facts(inner, name ? `${name}, ${plain(key).toLowerCase()}` : plain(key)),
  );
}

const isShort = (value) => typeof value === 'string' || typeof value === 'number';
const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

function told(value) {
  if (typeof value === 'number') return value.toLocaleString('en');
  return INSTANT.test(value) ? `${DAY.format(new Date(value))}, ${value.slice(11, 16)} UTC` : String(value);
}
