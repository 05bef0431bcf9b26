import { attempt, el, find, findAs } from '../common/dom.mjs';
import { instant } from '../common/labels.mjs';
import { actionWords, isWarning } from './activity-words.mjs';

const PAGE = 20;

/**
 * What happened to somebody's account, newest first, so that they notice a stranger in it.
 *
 * @typedef {import('./activity-words.mjs').Happened & { seq: number, at: string, by: string, byName: string | null, address: string }} Happening
 */
export class AccountActivity {
  #section = find('#activity');
  #list = find('#activity .rows');
  #more = findAs(HTMLButtonElement, '#activity .more');
  /** @type {number | null} */
  #oldest = null;
  #deps;

  /** @param {import('../account.mjs').AccountDeps} deps */
  constructor(deps) {
    this.#deps = deps;
    this.#more.onclick = () => attempt(this.#section, this.#more, () => this.#loadOlder());
  }

  async show() {
    this.#section.hidden = false;
    await attempt(this.#section, null, async () => {
      const newest = await this.#read('');
      this.#list.replaceChildren();
      this.#append(newest);
    });
  }

  async #loadOlder() {
    this.#append(await this.#read(`&before=${this.#oldest}`));
  }

  /** @param {string} before */
  async #read(before) {
    /** @type {{ events: readonly Happening[] }} */
    const { events } = await this.#deps.session.call('GET', `/v1/me/activity?limit=${PAGE}${before}`);
    return events;
  }

  /** @param {readonly Happening[]} events */
  #append(events) {
    this.#list.append(...events.map(item));
    this.#oldest = events.at(-1)?.seq ?? this.#oldest;
    this.#more.hidden = events.length < PAGE;
  }
}

/** @param {Happening} happening */
function item(happening) {
  const { at, by, byName, address } = happening;
  const who = by === 'you' || by === 'nobody' ? '' : `, by ${byName ?? by}`;
  const from = address === '' ? '' : `, from ${address}`;
  const what = el('b', { className: isWarning(happening) ? 'warning' : '' }, actionWords(happening));
  const about = el('p', { className: 'quiet' }, `${instant(at)}${who}${from}`);
  return el('li', {}, el('div', {}, what, about));
}
