import { attempt, el, find, findAs } from '../common/dom.mjs';
import { instant } from '../common/labels.mjs';

const PAGE = 25;

/**
 * What was decided about the company, newest first.
 *
 * @typedef {object} Entry
 * @property {number} seq
 * @property {string} at
 * @property {string} action
 * @property {{ kind: string, id: string | null }} by
 * @property {string | null} subject
 * @property {string} address
 * @property {Record<string, string>} details
 */
export class CompanyAudit {
  #section = find('#audit');
  #rows = find('#audit tbody');
  #more = findAs(HTMLButtonElement, '#audit .more');
  /** @type {number | null} */
  #oldest = null;
  #deps;

  /** @param {import('./company-people.mjs').CompanyDeps} deps */
  constructor(deps) {
    this.#deps = deps;
    this.#more.onclick = () => attempt(this.#section, this.#more, () => this.#load());
    const verify = findAs(HTMLButtonElement, '.verify', this.#section);
    verify.onclick = () => attempt(this.#section, verify, () => this.#verify());
  }

  async show() {
    this.#section.hidden = false;
    await attempt(this.#section, null, () => this.#load());
  }

  async #load() {
    const before = this.#oldest === null ? '' : `&before=${this.#oldest}`;
    /** @type {{ entries: readonly Entry[] }} */
    const { entries } = await this.#deps.session.call('GET', `/v1/audit?limit=${PAGE}${before}`);
    this.#rows.append(...entries.map((entry) => row(entry, this.#deps.names)));
    this.#oldest = entries.at(-1)?.seq ?? this.#oldest;
    this.#more.hidden = entries.length < PAGE || this.#oldest === 1;
  }

  async #verify() {
    const { isIntact, entries, seq, detail } = await this.#deps.session.call('GET', '/v1/audit/verification');
    find('.verdict', this.#section).textContent = isIntact
      ? `All ${entries} entries are intact.`
      : `Something is wrong from entry ${seq} on: ${detail}`;
  }
}

/**
 * @param {Entry} entry
 * @param {ReadonlyMap<string, string>} names
 */
function row({ at, action, by, subject, address, details }, names) {
  const more = Object.entries(details).map(([name, value]) => `${name.replaceAll('_', ' ')}: ${value}`);
  const what = [action.replaceAll('_', ' '), ...more].join(', ');
  const who = by.kind === 'operator' ? `operator ${by.id ?? ''}` : by.kind === 'person' ? '' : by.kind;
  return el(
    'tr',
    {},
    cell('When', instant(at)),
    cell('What', what),
    who === '' ? idCell('By', by.id, names) : cell('By', who),
    idCell('About', subject, names),
    cell('From', address),
  );
}

/**
 * @param {string} column
 * @param {string} text
 */
function cell(column, text) {
  const made = el('td', {}, text);
  made.dataset['column'] = column;
  return made;
}

/** @type {Readonly<Record<string, string>>} */
const KINDS = { user: 'person', session: 'sign-in', key: 'API key' };

/**
 * People by their names; whatever has none by what it is and the end of its id, which is whole for whoever points at it.
 *
 * @param {string} column
 * @param {string | null} id
 * @param {ReadonlyMap<string, string>} names
 */
function idCell(column, id, names) {
  const kind = KINDS[id?.split('_')[0] ?? ''];
  const short = kind === undefined ? id : `${kind} …${id?.slice(-6)}`;
  const made = cell(column, names.get(id ?? '') ?? short ?? '');
  made.title = id ?? '';
  return made;
}
