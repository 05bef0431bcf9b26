import { el, find } from '../common/dom.mjs';

/**
 * What was asked in the open thread and has not arrived, with what is the matter with it.
 *
 * @typedef {import('../types.ts').Question} Question
 *
 * @typedef {object} UnsentWishes
 * @property {(question: Question) => void} again
 * @property {(clientMessageId: string) => void} remove
 */
export class UnsentView {
  #element = find('.unsent');
  #wishes;

  /** @param {UnsentWishes} wishes */
  constructor(wishes) {
    this.#wishes = wishes;
  }

  get isEmpty() {
    return this.#element.childElementCount === 0;
  }

  /**
   * @param {readonly Question[]} questions in the order in which they were asked
   * @param {boolean} isConnected
   */
  show(questions, isConnected) {
    this.#element.replaceChildren(...questions.map((question) => this.#item(question, isConnected)));
  }

  /**
   * @param {Question} question
   * @param {boolean} isConnected
   */
  #item(question, isConnected) {
    const { clientMessageId, text, refusal } = question;
    const title = el('div', { className: 'question' }, el('h2', { dir: 'auto' }, text));
    if (refusal === null) {
      return el('li', {}, title, el('p', { className: 'state' }, isConnected ? 'Sending' : 'Not sent yet'));
    }
    const again = el('button', { type: 'button' }, 'Ask again');
    again.onclick = () => this.#wishes.again(question);
    const remove = el('button', { type: 'button' }, 'Remove');
    remove.onclick = () => this.#wishes.remove(clientMessageId);
    return el('li', {}, title, el('p', { className: 'notice' }, `Not asked. ${refusal}`), el('div', {}, again, remove));
  }
}
