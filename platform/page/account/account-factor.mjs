import { attempt, el, find, findAs } from '../common/dom.mjs';
import { qrImage, secretOf } from './setup-code.mjs';

const STATES = {
  set_up: 'When you sign in, a code of your app is asked for as well.',
  none: 'Your password alone opens your account. With a second factor it opens nothing by itself.',
  due: 'Your company asks for a second factor. Set one up with an authenticator app to go on.',
};

/** Somebody's second factor: set up, given new backup codes, removed. */
export class AccountFactor {
  #section = find('#factor');
  #setup = find('#factor .setup');
  #codes = find('#factor .codes');
  #form = findAs(HTMLFormElement, '#factor form');
  #deps;
  #is;

  /** @param {import('../account.mjs').AccountDeps} deps */
  constructor(deps) {
    this.#deps = deps;
    this.#is = deps.me.secondFactor;
    this.#form.addEventListener('submit', (submit) => {
      submit.preventDefault();
      const button = findAs(HTMLButtonElement, 'button', this.#form);
      void attempt(this.#section, button, () => this.#confirm());
    });
  }

  show() {
    this.#section.hidden = false;
    find('.state', this.#section).textContent = STATES[this.#is];
    const choices =
      this.#is === 'set_up'
        ? [
            this.#button('Make new backup codes', () => this.#newCodes()),
            this.#button('Remove it', () => this.#remove(), 'danger'),
          ]
        : [this.#button('Set it up', () => this.#begin(), 'primary')];
    find('.choices', this.#section).replaceChildren(...choices);
  }

  async #begin() {
    const { uri, qr } = await this.#call('POST', '');
    find('.qr', this.#setup).replaceChildren(qrImage(qr));
    findAs(HTMLAnchorElement, 'a', this.#setup).href = uri;
    find('code', this.#setup).textContent = secretOf(uri);
    this.#setup.hidden = false;
    find('input', this.#form).focus();
  }

  async #confirm() {
    const told = await this.#call('PUT', '/confirmation', { code: new FormData(this.#form).get('code') });
    this.#form.reset();
    this.#setup.hidden = true;
    await this.#became('set_up', told.backupCodes);
  }

  async #newCodes() {
    const told = await this.#call('POST', '/backup-codes');
    await this.#became('set_up', told.backupCodes);
  }

  async #remove() {
    await this.#call('DELETE', '');
    // Whether another one is due is the company's to say.
    const { secondFactor } = await this.#deps.session.call('GET', '/v1/me');
    await this.#became(secondFactor, []);
  }

  /**
   * @param {'set_up' | 'none' | 'due'} is
   * @param {readonly string[]} backupCodes
   */
  async #became(is, backupCodes) {
    this.#is = is;
    this.#codes.hidden = backupCodes.length === 0;
    find('ul', this.#codes).replaceChildren(...backupCodes.map((code) => el('li', {}, el('code', {}, code))));
    this.show();
    await this.#deps.changed();
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   */
  #call(method, path, body) {
    const { proof, session } = this.#deps;
    return proof.before(() => session.call(method, `/v1/me/second-factor${path}`, body));
  }

  /**
   * @param {string} text
   * @param {() => Promise<void>} action
   * @param {string} [className]
   */
  #button(text, action, className = '') {
    const button = el('button', { type: 'button', className }, text);
    button.onclick = () => attempt(this.#section, button, action);
    return button;
  }
}
