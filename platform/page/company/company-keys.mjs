import { attempt, el, find, findAs } from '../common/dom.mjs';
import { shortDay } from '../common/labels.mjs';

const SCOPES = [
  ['chat:use', 'Ask questions and read answers'],
  ['usage:read', 'Read usage'],
  ['usage:write', 'Report usage'],
  ['reports:publish', 'Share reports with the company'],
];

/**
 * Keys for programs. The secret of a new one is shown once, here.
 *
 * @typedef {{ keyId: string, name: string, scopes: readonly string[], expiresAt: string, lastUsedAt: string | null }} ApiKey
 */
export class CompanyKeys {
  #section = find('#keys');
  #list = find('#keys .rows');
  #secret = find('#keys .secret');
  #deps;

  /** @param {import('./company-people.mjs').CompanyDeps} deps */
  constructor(deps) {
    this.#deps = deps;
    const form = findAs(HTMLFormElement, 'form', this.#section);
    find('fieldset', form).append(
      ...SCOPES.map(([value, words = '']) =>
        el(
          'label',
          {},
          el('input', { type: 'checkbox', name: 'scopes', value: value ?? '' }),
          el('span', {}, words, ' ', el('code', { className: 'quiet' }, value ?? '')),
        ),
      ),
    );
    form.addEventListener('submit', (submit) => {
      submit.preventDefault();
      void attempt(this.#section, findAs(HTMLButtonElement, 'button', form), () => this.#make(form));
    });
  }

  async show() {
    this.#section.hidden = false;
    await attempt(this.#section, null, () => this.#load());
  }

  async #load() {
    /** @type {{ apiKeys: readonly ApiKey[] }} */
    const { apiKeys } = await this.#deps.session.call('GET', '/v1/api-keys');
    this.#list.replaceChildren(...apiKeys.map((key) => this.#item(key)));
  }

  /** @param {HTMLFormElement} form */
  async #make(form) {
    const said = new FormData(form);
    const body = { name: said.get('name'), scopes: said.getAll('scopes'), days: Number(said.get('days')) };
    const made = await this.#deps.proof.before(() => this.#deps.session.call('POST', '/v1/api-keys', body));
    this.#secret.hidden = false;
    this.#secret.replaceChildren('Copy it now, it is not shown again: ', el('code', {}, made.secret));
    form.reset();
    await this.#load();
  }

  /** @param {ApiKey} key */
  #item({ keyId, name, scopes, expiresAt, lastUsedAt }) {
    const used = lastUsedAt === null ? 'never used' : `last used ${shortDay(lastUsedAt)}`;
    const about = `${scopes.join(', ')}; until ${shortDay(expiresAt)}; ${used}`;
    const revoke = el('button', { type: 'button', ariaLabel: `Revoke the key ${name}` }, 'Revoke');
    revoke.onclick = () =>
      attempt(this.#section, revoke, async () => {
        await this.#deps.session.call('DELETE', `/v1/api-keys/${keyId}`);
        await this.#load();
      });
    return el(
      'li',
      {},
      el('div', {}, el('b', {}, el('bdi', {}, name)), el('p', { className: 'quiet' }, about)),
      revoke,
    );
  }
}
