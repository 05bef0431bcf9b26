import { Refusal } from '../common/api.mjs';
import { el, find, findAs, messageOf, refuse } from '../common/dom.mjs';

/**
 * Sensitive actions ask for a proof of the last ten minutes: they are tried, and once more when somebody has proven that it
 * is still them.
 */
export class FreshProof {
  #dialog;
  #session;
  #isByProvider;

  /**
   * @param {import('./session.mjs').Session} session
   * @param {import('../types.ts').Me} me
   */
  constructor(session, me) {
    this.#session = session;
    this.#isByProvider = me.methods.includes('sso');
    this.#dialog = proofDialog(this.#isByProvider);
    document.body.append(this.#dialog);
  }

  /**
   * @template T
   * @param {() => Promise<T>} action
   * @returns {Promise<T>}
   */
  async before(action) {
    try {
      return await action();
    } catch (refusal) {
      if (!(refusal instanceof Refusal) || refusal.code !== 'step_up_required') throw refusal;
      await this.#ask();
      return action();
    }
  }

  /** Rejects when somebody leaves it. */
  #ask() {
    const form = findAs(HTMLFormElement, 'form', this.#dialog);
    form.reset();
    refuse(this.#dialog);
    this.#dialog.showModal();
    return new Promise((proven, left) => {
      find('.cancel', this.#dialog).onclick = () => this.#dialog.close();
      this.#dialog.onclose = () => left(new Error('This was not done, because it was not proven that it is you.'));
      form.onsubmit = async (submit) => {
        submit.preventDefault();
        try {
          await this.#prove(form);
          proven(undefined);
          this.#dialog.close();
        } catch (refusal) {
          refuse(this.#dialog, messageOf(refusal));
        }
      };
    });
  }

  /** @param {HTMLFormElement} form */
  async #prove(form) {
    if (this.#isByProvider) {
      const { value } = findAs(HTMLInputElement, '[name=email]', form);
      const returnTo = `${location.origin}${location.pathname}`;
      location.assign(await this.#session.startWithProvider(value, { fresh: true, returnTo }));
      // The page is left; nothing goes on here.
      await new Promise(() => undefined);
    }
    const { value } = findAs(HTMLInputElement, '[name=proof]', form);
    const isCode = /^[\d\s]{6,8}$/.test(value) || /^\w{5}-\w{5}$/.test(value);
    await this.#session.call('POST', '/v1/me/step-up', isCode ? { code: value } : { password: value });
  }
}

/**
 * @param {boolean} isByProvider
 * @returns {HTMLDialogElement}
 */
function proofDialog(isByProvider) {
  const about = isByProvider
    ? 'You are sent to your company’s provider and come back to this page.'
    : 'This changes who can do what, so it needs a proof of the last ten minutes.';
  const asked = isByProvider
    ? el('label', {}, 'Your e-mail ', el('input', { name: 'email', type: 'email', autocomplete: 'username' }))
    : el(
        'label',
        {},
        'Password, or the code of your app ',
        el('input', { name: 'proof', type: 'password', autocomplete: 'current-password' }),
      );
  const form = el(
    'form',
    { method: 'dialog' },
    el('h2', { id: 'proof-title' }, 'Is it still you?'),
    el('p', { className: 'about quiet' }, about),
    el('p', { className: 'refusal', role: 'alert' }),
    asked,
    el(
      'div',
      { className: 'choices' },
      el('button', { type: 'button', className: 'cancel' }, 'Cancel'),
      el('button', { type: 'submit', className: 'primary' }, 'Go on'),
    ),
  );
  const dialog = el('dialog', { id: 'proof' }, form);
  dialog.setAttribute('aria-labelledby', 'proof-title');
  return dialog;
}
