import { attempt, el, find, findAs } from '../common/dom.mjs';

/**
 * People of the company: added, promoted, helped and removed.
 *
 * @typedef {{ userId: string, name: string, email: string, role: string, createdAt: string }} Person
 *
 * @typedef {object} CompanyDeps
 * @property {import('../session/session.mjs').Session} session
 * @property {import('../session/fresh-proof.mjs').FreshProof} proof
 * @property {import('../types.ts').Me} me
 * @property {(right: string) => boolean} may
 * @property {Map<string, string>} names Of the people who are listed, by their ids.
 */
const PAGE = 50;

export class CompanyPeople {
  #section = find('#people');
  #list = find('#people .rows');
  #more = findAs(HTMLButtonElement, '#people .more');
  /** @type {string | null} */
  #last = null;
  #deps;

  /** @param {CompanyDeps} deps */
  constructor(deps) {
    this.#deps = deps;
    this.#more.onclick = () => attempt(this.#section, this.#more, () => this.#load());
    const form = findAs(HTMLFormElement, 'form', this.#section);
    findAs(HTMLSelectElement, 'select', form).append(...this.#roles('member'));
    form.addEventListener('submit', (submit) => {
      submit.preventDefault();
      const button = findAs(HTMLButtonElement, 'button', form);
      void attempt(this.#section, button, () => this.#add(form));
    });
  }

  async show() {
    this.#section.hidden = false;
    await attempt(this.#section, null, () => this.#reload());
  }

  async #reload() {
    this.#last = null;
    this.#list.replaceChildren();
    await this.#load();
  }

  async #load() {
    const after = this.#last === null ? '' : `&after=${this.#last}`;
    /** @type {{ people: readonly Person[] }} */
    const { people } = await this.#deps.session.call('GET', `/v1/people?limit=${PAGE}${after}`);
    for (const { userId, name } of people) this.#deps.names.set(userId, name);
    this.#list.append(...people.map((person) => this.#item(person)));
    this.#last = people.at(-1)?.userId ?? this.#last;
    this.#more.hidden = people.length < PAGE;
  }

  /** @param {HTMLFormElement} form */
  async #add(form) {
    const person = Object.fromEntries(new FormData(form));
    await this.#act('POST', '/v1/people', person);
    form.reset();
  }

  /** @param {Person} person */
  #item(person) {
    const { userId, name, email, role } = person;
    const isOwn = userId === this.#deps.me.userId;
    const who = el('div', {}, el('b', {}, el('bdi', {}, name)), el('p', { className: 'quiet' }, email));
    const choice = el('select', { ariaLabel: `Role of ${name}` }, ...this.#roles(role));
    choice.value = role;
    choice.onchange = () =>
      attempt(this.#section, null, () => this.#act('PUT', `/v1/people/${userId}/role`, { role: choice.value }));
    const factor = el(
      'button',
      { type: 'button', ariaLabel: `Remove second factor of ${name}` },
      'Remove second factor',
    );
    factor.onclick = () =>
      attempt(this.#section, factor, () => this.#act('DELETE', `/v1/people/${userId}/second-factor`));
    const remove = el('button', { type: 'button', className: 'danger', ariaLabel: `Remove ${name}` }, 'Remove');
    remove.onclick = () => {
      if (remove.dataset['sure'] !== 'yes') {
        remove.dataset['sure'] = 'yes';
        remove.textContent = 'Remove for good';
        remove.ariaLabel = `Remove for good: ${name}`;
        return;
      }
      void attempt(this.#section, remove, () => this.#act('DELETE', `/v1/people/${userId}`));
    };
    return el('li', {}, who, choice, isOwn ? null : factor, isOwn ? null : remove);
  }

  /** @param {string} present */
  #roles(present) {
    const isOwner = this.#deps.may('owners:manage') || present === 'owner';
    const names = ['member', 'administrator', ...(isOwner ? ['owner'] : [])];
    return names.map((value) => el('option', { value }, value));
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   */
  async #act(method, path, body) {
    try {
      await this.#deps.proof.before(() => this.#deps.session.call(method, path, body));
    } finally {
      // Whatever was refused, the list says what is so.
      await this.#reload();
    }
  }
}
