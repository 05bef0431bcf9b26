const PRESENCE = 'signed-in tab';
const RENEWAL = 'renewal';

/**
 * The tabs of this browser among themselves, over the Web Locks API. Without it (a page that came over plain HTTP) each tab
 * believes itself alone, and the platform answers two renewals at the same moment with the same token.
 */
export class Tabs {
  /** @type {(() => void) | null} */
  #leave = null;

  /** @param {LockManager | undefined} locks */
  constructor(locks) {
    this.locks = locks;
  }

  /**
   * One tab at a time.
   *
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  async exclusively(work) {
    // The browser's own types promise more than one layer of promises.
    return this.locks === undefined ? work() : /** @type {Promise<T>} */ (this.locks.request(RENEWAL, work));
  }

  /** From here on this tab counts as one that is signed in, until it is closed or leaves. */
  stay() {
    if (this.#leave !== null) return;
    const over = new Promise((resolve) => {
      this.#leave = () => resolve(undefined);
    });
    void this.locks?.request(PRESENCE, { mode: 'shared' }, () => over);
  }

  leave() {
    this.#leave?.();
    this.#leave = null;
  }

  /** Whether some tab is signed in. */
  async areSignedIn() {
    const held = (await this.locks?.query())?.held ?? [];
    return held.some(({ name }) => name === PRESENCE);
  }
}
