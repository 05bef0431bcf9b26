import { attempt, el, find, findAs } from '../common/dom.mjs';
import { shortDay } from '../common/labels.mjs';

/**
 * How the company signs in: its provider, its domains, and whether there is another way. For owners.
 *
 * @typedef {{ domain: string, record: { name: string, value: string }, provenAt: string | null }} Domain
 *
 * @typedef {object} SignOn
 * @property {string | null} redirectAddress
 * @property {string | null} signOutAddress
 * @property {{ issuer: string, clientId: string, newPeople: string, enforcedAt: string | null } | null} connection
 * @property {readonly Domain[]} domains
 */
export class CompanySignOn {
  #section = find('#sign-on');
  #deps;

  /** @param {import('./company-people.mjs').CompanyDeps} deps */
  constructor(deps) {
    this.#deps = deps;
    this.#onSubmit('.domain', async (form) => {
      await this.#act('POST', '/domains', { domain: new FormData(form).get('domain') });
      form.reset();
    });
    this.#onSubmit('.connect form', async (form) => {
      const said = Object.fromEntries(new FormData(form));
      const newPeople = said['newPeople'] === undefined ? 'refused' : 'members';
      await this.#act('PUT', '', { ...said, newPeople });
      form.reset();
      findAs(HTMLDetailsElement, '.connect', this.#section).open = false;
    });
  }

  async show() {
    this.#section.hidden = false;
    await attempt(this.#section, null, () => this.#load());
  }

  async #load() {
    /** @type {SignOn} */
    const settings = await this.#deps.session.call('GET', '/v1/single-sign-on');
    const { connection, redirectAddress, signOutAddress, domains } = settings;
    find('.state', this.#section).textContent = stateOf(connection);
    const facts = [
      ['Issuer', connection?.issuer],
      ['Client id', connection?.clientId],
      ['Redirect address', redirectAddress],
      ['Sign-out address', signOutAddress],
    ];
    find('.facts', this.#section).replaceChildren(
      ...facts.flatMap(([name, value]) => (value ? [el('dt', {}, name ?? ''), el('dd', {}, value)] : [])),
    );
    find('.choices', this.#section).replaceChildren(...this.#choices(connection));
    find('.rows', this.#section).replaceChildren(...domains.map((domain) => this.#item(domain)));
  }

  /** @param {SignOn['connection']} connection */
  #choices(connection) {
    if (connection === null) return [];
    const only = { emergencyOwner: this.#deps.me.userId };
    return [
      connection.enforcedAt === null
        ? this.#button('Make it the only way in', () => this.#act('PUT', '/enforcement', only))
        : this.#button('Let passwords count again', () => this.#act('DELETE', '/enforcement')),
      this.#button('Disconnect', () => this.#act('DELETE', '')),
    ];
  }

  /** @param {Domain} domain */
  #item({ domain, record, provenAt }) {
    const path = `/domains/${encodeURIComponent(domain)}`;
    const how =
      provenAt === null
        ? el(
            'p',
            { className: 'quiet' },
            'Publish a TXT record at ',
            el('code', {}, record.name),
            ' that says ',
            el('code', {}, record.value),
          )
        : el('p', { className: 'quiet' }, `Proven on ${shortDay(provenAt)}`);
    return el(
      'li',
      {},
      el('div', {}, el('b', {}, domain), how),
      provenAt === null ? this.#button('Prove', () => this.#act('PUT', `${path}/proof`), `Prove ${domain}`) : null,
      this.#button('Drop', () => this.#act('DELETE', path), `Drop ${domain}`),
    );
  }

  /**
   * @param {string} text
   * @param {() => Promise<unknown>} action
   * @param {string} [ariaLabel]
   */
  #button(text, action, ariaLabel = text) {
    const button = el('button', { type: 'button', ariaLabel }, text);
    button.onclick = () => attempt(this.#section, button, action);
    return button;
  }

  /**
   * @param {string} selector
   * @param {(form: HTMLFormElement) => Promise<void>} action
   */
  #onSubmit(selector, action) {
    const form = findAs(HTMLFormElement, selector, this.#section);
    form.addEventListener('submit', (submit) => {
      submit.preventDefault();
      void attempt(this.#section, findAs(HTMLButtonElement, 'button', form), () => action(form));
    });
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   */
  async #act(method, path, body) {
    const { proof, session } = this.#deps;
    await proof.before(() => session.call(method, `/v1/single-sign-on${path}`, body));
    await this.#load();
  }
}

/** @param {SignOn['connection']} connection */
function stateOf(connection) {
  if (connection === null) return 'No provider is connected: everybody signs in with a password.';
  if (connection.enforcedAt !== null) return 'Your provider is the only way in.';
  return 'People sign in with your provider or with a password.';
}
