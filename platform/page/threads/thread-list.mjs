import { coalesced } from '../common/coalesced.mjs';
import { attempt, el, find, findAs } from '../common/dom.mjs';
import { shortDay } from '../common/labels.mjs';
import { nextPage } from '../common/next-page.mjs';
import { withNewest, withOlder } from './threads.mjs';

const PAGE = 50;

/**
 * One's threads, newest first. The open thread stands in the address (`#thread_…`).
 *
 * @typedef {import('../types.ts').Thread} Thread
 */
export class ThreadList {
  #element = find('#threads');
  #list = find('#threads ul');
  #older = findAs(HTMLButtonElement, '#threads .older');
  /** @type {readonly Thread[]} */
  #threads = [];
  /** @type {string | null} */
  #open = null;
  #turn = 0;
  #isLoaded = false;
  #session;
  #changed;

  /**
   * @param {import('../session/session.mjs').Session} session
   * @param {() => void} changed what is listed is not what was
   */
  constructor(session, changed) {
    this.#session = session;
    this.#changed = changed;
    this.#older.addEventListener('click', () => attempt(this.#element, this.#older, () => this.#loadOlder()));
  }

  /** Reads the newest threads again; older ones that were read stay. */
  load = coalesced(() =>
    attempt(this.#element, null, async () => {
      const turn = this.#turn;
      const newest = await this.#read();
      // Who has left meanwhile is shown nothing.
      if (turn !== this.#turn) return;
      const isFirst = this.#threads.length === 0;
      this.#isLoaded = true;
      this.#show(withNewest(this.#threads, newest, PAGE));
      if (isFirst || newest.length < PAGE) this.#older.hidden = newest.length < PAGE;
    }),
  );

  /** Once it is known: there is no thread at all. */
  get isEmpty() {
    return this.#isLoaded && this.#threads.length === 0;
  }

  clear() {
    this.#turn += 1;
    this.#isLoaded = false;
    this.#show([]);
    this.#older.hidden = true;
  }

  /**
   * Nothing for a thread that is not listed.
   *
   * @param {string} threadId
   */
  thread(threadId) {
    return this.#threads.find((thread) => thread.threadId === threadId);
  }

  /** @param {Thread} thread one that was just made, or has another title */
  put(thread) {
    const isNew = this.thread(thread.threadId) === undefined;
    const others = this.#threads.map((known) => (known.threadId === thread.threadId ? thread : known));
    this.#show(isNew ? [thread, ...others] : others);
  }

  /** @param {string} threadId */
  remove(threadId) {
    this.#show(this.#threads.filter((thread) => thread.threadId !== threadId));
  }

  /** @param {string | null} threadId */
  mark(threadId) {
    this.#open = threadId;
    for (const link of this.#list.querySelectorAll('a')) {
      link.ariaCurrent = link.hash.slice(1) === threadId ? 'page' : null;
    }
  }

  async #loadOlder() {
    const behind = (/** @type {Thread | undefined} */ last) => this.#read(last && `&before=${last.threadId}`);
    const { page, gone } = await nextPage(this.#threads, behind);
    this.#older.hidden = page.length < PAGE;
    this.#show(withOlder(this.#threads, page, gone));
  }

  /**
   * @param {string} [after]
   * @returns {Promise<readonly Thread[]>}
   */
  async #read(after = '') {
    return (await this.#session.call('GET', `/v1/threads?limit=${PAGE}${after}`)).threads;
  }

  /** @param {readonly Thread[]} threads */
  #show(threads) {
    this.#threads = threads;
    this.#list.replaceChildren(...threads.map(itemOf));
    this.mark(this.#open);
    this.#changed();
  }
}

/** @param {Thread} thread */
function itemOf({ threadId, title, createdAt }) {
  const name = el('span', { dir: 'auto', title }, title);
  const day = el('time', { dateTime: createdAt, className: 'quiet' }, shortDay(createdAt));
  return el('li', {}, el('a', { href: `#${threadId}` }, name, day));
}
