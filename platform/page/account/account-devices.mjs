import { attempt, el, find, findAs } from '../common/dom.mjs';
import { count, instant } from '../common/labels.mjs';

/**
 * Where somebody is signed in, each device with the tabs that are open there; what they do not know they end here.
 *
 * @typedef {import('../types.ts').Device} Device
 * @typedef {import('../types.ts').OpenTab} OpenTab
 * @typedef {{ devices: readonly Device[], programs: readonly { keyId: string, connections: readonly OpenTab[] }[] }} Devices
 */
export class AccountDevices {
  #section = find('#devices');
  #list = find('#devices .rows');
  #others = findAs(HTMLButtonElement, '#devices .others');
  /** @type {ReadonlyMap<string, string>} */
  #titles = new Map();
  #deps;

  /** @param {import('../account.mjs').AccountDeps} deps */
  constructor(deps) {
    this.#deps = deps;
    this.#others.onclick = () => this.#end(this.#others, '/v1/devices');
  }

  async show() {
    this.#section.hidden = false;
    await attempt(this.#section, null, () => this.#load());
  }

  async #load() {
    const { session, me } = this.#deps;
    /** @type {Devices} */
    const { devices, programs } = await session.call('GET', '/v1/devices');
    if (me.permissions.includes('chat:use') && this.#titles.size === 0) this.#titles = await this.#threads();
    this.#list.replaceChildren(...devices.map((one) => this.#item(one)), ...programs.map((one) => this.#program(one)));
    this.#others.hidden = devices.length < 2;
    const tabs = [...devices, ...programs].reduce((sum, { connections }) => sum + connections.length, 0);
    find('.total', this.#section).textContent =
      `You are signed in on ${count(devices.length, 'device')} and have ${count(tabs, 'tab')} open.`;
  }

  async #threads() {
    /** @type {{ threads: readonly import('../types.ts').Thread[] }} */
    const { threads } = await this.#deps.session.call('GET', '/v1/threads');
    return new Map(threads.map(({ threadId, title }) => [threadId, title]));
  }

  /** @param {Device} device */
  #item({ sessionId, name, isThis, signedInAt, lastUsedAt, connections }) {
    const called = name ?? 'A program, or an unknown browser';
    const used = connections.length > 0 ? 'in use now' : `last used ${instant(lastUsedAt)}`;
    const about = `${isThis ? 'This device, signed' : 'Signed'} in since ${instant(signedInAt)}, ${used}`;
    const out = el('button', { type: 'button', ariaLabel: `Sign out: ${called}, ${about}` }, 'Sign out');
    out.onclick = () => this.#end(out, `/v1/devices/${sessionId}`);
    const what = el('div', {}, el('b', {}, called), el('p', { className: 'quiet' }, about), this.#tabs(connections));
    return el('li', {}, what, isThis ? null : out);
  }

  /** @param {Devices['programs'][number]} program */
  #program({ keyId, connections }) {
    const called = `A program with the API key …${keyId.slice(-6)}`;
    return el('li', {}, el('div', {}, el('b', {}, called), this.#tabs(connections)));
  }

  /** @param {readonly OpenTab[]} connections */
  #tabs(connections) {
    return connections.length === 0
      ? null
      : el('ul', { className: 'tabs' }, ...connections.map((one) => this.#tab(one)));
  }

  /** @param {OpenTab} tab */
  #tab({ connectionId, openedAt, threads }) {
    const since = `Tab open since ${instant(openedAt)}`;
    const titles = threads.map(({ threadId }) => this.#titles.get(threadId) ?? 'an older thread');
    const shows = titles.flatMap((title) => [', shows ', el('bdi', {}, title)]);
    const close = el('button', { type: 'button', ariaLabel: `Close: ${since}` }, 'Close');
    close.onclick = () =>
      attempt(this.#section, close, async () => {
        await this.#deps.session.call('DELETE', `/v1/connections/${connectionId}`);
        await this.#load();
      });
    return el('li', {}, el('p', { className: 'quiet' }, since, ...shows), close);
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {string} path
   */
  #end(button, path) {
    return attempt(this.#section, button, async () => {
      await this.#deps.proof.before(() => this.#deps.session.call('DELETE', path));
      await this.#deps.changed();
    });
  }
}
