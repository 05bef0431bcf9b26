import { attempt, el, find, findAs, refuse } from '../common/dom.mjs';
import { problemOfTitle } from '../common/text.mjs';

/**
 * What the open thread is called, and the ways to call it something else or to delete it.
 *
 * @typedef {import('../types.ts').Thread} Thread
 *
 * @typedef {object} TitleWishes
 * @property {(thread: Thread, title: string) => Promise<Thread>} rename
 * @property {(thread: Thread) => Promise<unknown>} remove
 */
export class ThreadTitle {
  #heading = find('#thread-title');
  #change = find('#thread .title');
  #tools = find('#thread .tools');
  #form = findAs(HTMLFormElement, '#thread .rename');
  #input = findAs(HTMLInputElement, '#new-title');
  #confirm = findAs(HTMLDialogElement, '#confirm-delete');
  /** @type {Thread | null} */
  #thread = null;
  #wishes;

  /** @param {TitleWishes} wishes */
  constructor(wishes) {
    this.#wishes = wishes;
    const rename = findAs(HTMLButtonElement, '#rename');
    rename.addEventListener('click', () => this.#edit(true));
    this.#form.addEventListener('submit', (submit) => {
      submit.preventDefault();
      void this.#rename(findAs(HTMLButtonElement, '.primary', this.#form));
    });
    find('.cancel', this.#form).addEventListener('click', () => this.#edit(false));
    this.#form.addEventListener('keydown', ({ key }) => key === 'Escape' && this.#edit(false));
    find('#delete').addEventListener('click', () => this.#ask());
    find('.cancel', this.#confirm).addEventListener('click', () => this.#confirm.close());
    const confirmed = findAs(HTMLButtonElement, '.danger', this.#confirm);
    confirmed.addEventListener('click', () => attempt(this.#confirm, confirmed, () => this.#delete()));
  }

  /** @param {Thread | null} thread null: there is none, and `words` stand in its place */
  show(thread, words = '') {
    const isOther = thread?.threadId !== this.#thread?.threadId;
    this.#thread = thread;
    this.#heading.textContent = thread?.title ?? words;
    this.#tools.hidden = thread === null;
    document.title = thread === null ? 'Agent chat' : `${thread.title} · Agent chat`;
    if (!isOther) return;
    this.#confirm.close();
    this.#form.hidden = true;
    this.#heading.hidden = false;
  }

  focus() {
    this.#heading.focus({ preventScroll: true });
  }

  /** @param {boolean} isEdited */
  #edit(isEdited) {
    this.#form.hidden = !isEdited;
    this.#heading.hidden = isEdited;
    this.#tools.hidden = isEdited || this.#thread === null;
    refuse(this.#change);
    if (!isEdited) return find('#rename').focus();
    this.#input.value = this.#thread?.title ?? '';
    this.#input.select();
  }

  /** @param {HTMLButtonElement} button */
  async #rename(button) {
    const thread = this.#thread;
    const title = this.#input.value;
    const problem = problemOfTitle(title);
    if (problem !== undefined) return refuse(this.#change, problem);
    if (thread === null) return;
    await attempt(this.#change, button, async () => {
      const renamed = await this.#wishes.rename(thread, title);
      if (this.#thread?.threadId !== renamed.threadId) return;
      this.show(renamed);
      this.#edit(false);
    });
  }

  #ask() {
    refuse(this.#confirm);
    const title = el('bdi', {}, this.#thread?.title ?? '');
    find('.about', this.#confirm).replaceChildren('“', title, '”');
    this.#confirm.showModal();
  }

  async #delete() {
    const thread = this.#thread;
    if (thread !== null) await this.#wishes.remove(thread);
    this.#confirm.close();
  }
}
