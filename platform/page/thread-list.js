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
    this.#older.addEventListener('click', () => this.#try(() => this.#load(this.#list.lastElementChild.dataset.id)));
    this.#form.addEventListener('submit', (submit) => {
      submit.preventDefault();
      void this.#try(() => this.#create());
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

  async #try(action) {
    refuse(this.#element);
    try {
      await action();
    } catch (refusal) {
      refuse(this.#element, refusal.message);
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
