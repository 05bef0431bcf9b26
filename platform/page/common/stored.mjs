/**
 * What a browser keeps for the page, as JSON. A browser may forbid it, have no room for it or hand back what is damaged:
 * that costs the comfort of finding it again, and nothing else, so nothing here throws.
 */
export class Stored {
  /** @type {Storage | null} */
  #storage = null;

  /** @param {() => Storage} open Touching a storage that is forbidden throws already. */
  constructor(open) {
    try {
      this.#storage = open();
    } catch {
      // Forbidden: what is kept is kept in memory alone, by whoever asks.
    }
  }

  /**
   * @param {string} key
   * @returns {unknown} Undefined when there is nothing that can be read.
   */
  read(key) {
    try {
      return JSON.parse(this.#storage?.getItem(key) ?? '') ?? undefined;
    } catch {
      return undefined;
    }
  }

  /**
   * @param {string} key
   * @param {unknown} value
   * @returns {boolean} Whether it is kept.
   */
  write(key, value) {
    try {
      this.#storage?.setItem(key, JSON.stringify(value));
      return this.#storage !== null;
    } catch {
      return false;
    }
  }

  /** @param {string} key */
  remove(key) {
    try {
      this.#storage?.removeItem(key);
    } catch {
      // What cannot be touched cannot be read by the next page either.
    }
  }
}
