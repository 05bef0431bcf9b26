/**
 * Which thread is open, when people are faster than answers: of several that were asked for, the last one is shown.
 *
 * @typedef {import('../types.ts').Thread} Thread
 *
 * @typedef {object} SwitchDeps
 * @property {(threadId: string) => Thread | undefined} listed
 * @property {(threadId: string) => Promise<Thread>} load rejects when there is no such thread
 * @property {(thread: Thread | null) => void} show null: the place to begin a new one
 * @property {(failure: unknown) => void} failed
 */
export class ThreadSwitch {
  #turn = 0;
  #deps;

  /** @param {SwitchDeps} deps */
  constructor(deps) {
    this.#deps = deps;
  }

  /** @param {string | null} threadId */
  async open(threadId) {
    const turn = (this.#turn += 1);
    const { listed, load, show, failed } = this.#deps;
    if (threadId === null) return show(null);
    // What is listed can be opened without a connection: what is written there is kept until there is one.
    const known = listed(threadId);
    if (known !== undefined) return show(known);
    try {
      const thread = await load(threadId);
      if (turn === this.#turn) show(thread);
    } catch (failure) {
      if (turn === this.#turn) failed(failure);
    }
  }
}
