import { attempt, find, findAs } from '../common/dom.mjs';

/** A new password, with the present one. */
export class AccountPassword {
  #section = find('#password');
  #form = findAs(HTMLFormElement, '#password form');

  /** @param {import('../account.mjs').AccountDeps} deps */
  constructor({ session, changed }) {
    this.#form.addEventListener('submit', (submit) => {
      submit.preventDefault();
      find('.done', this.#section).textContent = '';
      void attempt(this.#section, findAs(HTMLButtonElement, 'button', this.#form), async () => {
        await session.call('PUT', '/v1/me/password', Object.fromEntries(new FormData(this.#form)));
        this.#form.reset();
        find('.done', this.#section).textContent = 'Your password was changed, and your other devices are signed out.';
        await changed();
      });
    });
  }

  show() {
    this.#section.hidden = false;
  }
}
