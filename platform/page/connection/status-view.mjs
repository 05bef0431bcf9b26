import { find } from '../common/dom.mjs';
import { troubleWords } from '../common/labels.mjs';

/** How the connection stands, and what is the matter with it. */
export class StatusView {
  #connection = find('#connection');
  #trouble = find('#trouble');
  #code = '';

  /** Why this person's access was ended, where the platform said so. */
  get revocation() {
    return this.#code === 'access_revoked' ? this.#trouble.textContent : null;
  }

  /**
   * It stands until the platform has something better to say.
   *
   * @param {{ code: string, message: string }} [error]
   */
  showTrouble(error) {
    this.#code = error?.code ?? '';
    this.#trouble.textContent = error === undefined ? '' : troubleWords(error);
  }

  /**
   * @param {import('../types.ts').ConnectionState} is
   * @param {number} inMs until the next try
   */
  showConnection(is, inMs) {
    const words = {
      connecting: 'Connecting',
      live: 'Live',
      lost: `Connection lost, trying again ${inMs < 1_000 ? 'now' : `in ${Math.ceil(inMs / 1_000)} s`}`,
      closed: 'Closed',
    };
    this.#connection.className = is;
    this.#connection.textContent = words[is];
  }
}
