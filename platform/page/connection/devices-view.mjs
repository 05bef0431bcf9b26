import { attempt, el, find, findAs } from '../common/dom.mjs';
import { clockTime, count, shortDay } from '../common/labels.mjs';

/**
 * The tabs that a person has open, on all their devices, each of which can be closed from here.
 *
 * @typedef {import('../types.ts').Device} Device
 *
 * @typedef {object} DevicesDeps
 * @property {import('../session/session.mjs').Session} session
 * @property {() => string | null} ownConnection this tab's
 * @property {() => string | null} ownSession this browser's
 * @property {(threadId: string) => string | undefined} titleOf
 * @property {() => void} closed there is room for one more
 */
export class DevicesView {
  #dialog = findAs(HTMLDialogElement, '#devices');
  #list = find('#devices ul');
  #deps;

  /** @param {DevicesDeps} deps */
  constructor(deps) {
    this.#deps = deps;
    find('#show-devices').addEventListener('click', () => this.#open());
    find('.cancel', this.#dialog).addEventListener('click', () => this.#dialog.close());
  }

  close() {
    this.#dialog.close();
  }

  #open() {
    this.#list.replaceChildren();
    this.#dialog.showModal();
    return attempt(this.#dialog, null, () => this.#load());
  }

  async #load() {
    /** @type {{ devices: readonly Device[] }} */
    const { devices } = await this.#deps.session.call('GET', '/v1/devices');
    this.#list.replaceChildren(...devices.map((device) => this.#item(device)));
    find('.total', this.#dialog).textContent = `You have ${count(devices.length, 'tab')} open.`;
  }

  /** @param {Device} device */
  #item(device) {
    const isThis = device.connectionId === this.#deps.ownConnection();
    const isHere = device.sessionId === this.#deps.ownSession();
    const name = isThis ? 'This tab' : isHere ? 'Another tab of this browser' : 'Another device';
    const since = `open since ${shortDay(device.openedAt)}, ${clockTime(device.openedAt)}`;
    const titles = device.threads.map(({ threadId }) => this.#deps.titleOf(threadId) ?? 'an older thread');
    const what = el(
      'p',
      { className: 'quiet' },
      since,
      ...titles.flatMap((title) => [', shows ', el('bdi', {}, title)]),
    );
    const close = el('button', { type: 'button', ariaLabel: `Close: ${name}, ${since}` }, 'Close');
    close.onclick = () => attempt(this.#dialog, close, () => this.#close(device));
    return el('li', {}, el('div', {}, el('b', {}, name), what), isThis ? null : close);
  }

  /** @param {Device} device */
  async #close({ connectionId }) {
    await this.#deps.session.call('DELETE', `/v1/devices/${connectionId}`);
    this.#deps.closed();
    await this.#load();
  }
}
