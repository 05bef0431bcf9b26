import { el, find, refuse } from './dom.js';

const PAGE = 50;

/** One's threads, newest first, and the place to create one. The open thread stands in the address (`#thread_…`). */
export class ThreadList {
  #element = find('#threads');
  #list = find('#threads ul');
  #older = find('#threads .older');
  #form = find('#threads form');
  #session;

  constructor(session) {
    this.#session = session;
    this.#older.addEventListener('click', () =>
      this.#try(() => this.#load(this.#list.lastElementChild.dataset.id), this.#older),
    );
    this.#form.addEventListener('submit', (submit) => {
      submit.preventDefault();
      void this.#try(() => this.#create(), find('button', this.#form));
    });
  }

  async load() {
    this.#list.replaceChildren();
    await this.#try(() => this.#load());
  }

  clear() {
    this.#list.replaceChildren();
    this.#form.reset();
  }

  /** Nothing for a thread that is not listed. */
  titleOf(threadId) {
    const item = [...this.#list.children].find(({ dataset }) => dataset.id === threadId);
    return item === undefined ? undefined : find('span', item).textContent;
  }

  mark(threadId) {
    for (const item of this.#list.children) {
      item.firstElementChild.ariaCurrent = item.dataset.id === threadId ? 'page' : null;
    }
  }

  async #load(before) {
    const query = before === undefined ? '' : `&before=${before}`;
    const { threads } = await this.#session.call('GET', `/v1/threads?limit=${PAGE}${query}`);
    this.#list.append(...threads.map(itemOf));
    this.#older.hidden = threads.length < PAGE;
    this.mark(location.hash.slice(1));
  }

  async #create() {
    const thread = await this.#session.call('POST', '/v1/threads', { title: find('#new-title').value });
    this.#form.reset();
    this.#list.prepend(itemOf(thread));
    location.hash = thread.threadId;
  }

  /** Until it is answered, the button that asked for it cannot ask again. */
  async #try(action, button = null) {
    refuse(this.#element);
    if (button !== null) button.disabled = true;
    try {
      await action();
    } catch (refusal) {
      refuse(this.#element, refusal.message);
    } finally {
      if (button !== null) button.disabled = false;
    }
  }
}

function itemOf({ threadId, title, createdAt }) {
  const day = new Date(createdAt).toLocaleDateString('en', { day: 'numeric', month: 'short' });
  const link = el(
    'a',
    { href: `#${threadId}` },
    el('span', {}, title),
    el('time', { dateTime: createdAt, className: 'quiet' }, day),
  );
  const item = el('li', {}, link);
  item.dataset.id = threadId;
  return item;
}
