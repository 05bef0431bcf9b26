import { attempt, find, findAs } from '../common/dom.mjs';

const KEY = 'identity.secondFactorRequired';

/**
 * Whether everybody needs a second factor.
 *
 * @typedef {{ version: number, settings: readonly { key: string, value?: unknown }[] }} Settings
 */
export class CompanyFactor {
  #section = find('#factor');
  #button = findAs(HTMLButtonElement, '#factor button');
  #deps;

  /** @param {import('./company-people.mjs').CompanyDeps} deps */
  constructor(deps) {
    this.#deps = deps;
  }

  async show() {
    this.#section.hidden = false;
    await attempt(this.#section, null, () => this.#load());
  }

  async #load() {
    /** @type {Settings} */
    const { version, settings } = await this.#deps.session.call('GET', '/v1/settings');
    const isAsked = settings.find(({ key }) => key === KEY)?.value === true;
    find('.state', this.#section).textContent = isAsked
      ? 'Everybody who signs in with a password needs a second factor. Without one they can only set it up.'
      : 'Each person decides whether to have a second factor.';
    this.#button.textContent = isAsked ? 'Leave it to each person' : 'Ask everybody for one';
    this.#button.onclick = () =>
      attempt(this.#section, this.#button, async () => {
        const reason = isAsked ? 'second factors are left to people' : 'second factors are asked for';
        const change = { expectedVersion: version, reason, set: { [KEY]: !isAsked } };
        await this.#deps.proof.before(() => this.#deps.session.call('PATCH', '/v1/settings', change));
        // Whoever has none yet has to set it up now, too.
        if (!isAsked && this.#deps.me.secondFactor === 'none' && !this.#deps.me.methods.includes('sso')) {
          location.assign('/page/account.html');
        } else await this.#load();
      });
  }
}
