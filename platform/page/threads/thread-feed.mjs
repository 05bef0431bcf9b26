/**
 * The open thread as it arrives: each event once, in the order of its number, and nothing of another thread.
 *
 * @typedef {import('../types.ts').ThreadEvent} ThreadEvent
 * @typedef {import('../types.ts').ControlMessage} ControlMessage
 *
 * @typedef {object} FeedView
 * @property {() => void} empty
 * @property {() => void} beginsLater what came before is no longer kept
 * @property {(event: ThreadEvent, isLive: boolean) => void} show
 * @property {(isFirst: boolean) => void} caughtUp all that is stored is shown; `isFirst`: since the thread was opened
 * @property {(message: string) => void} refused
 */
export class ThreadFeed {
  /** @type {string | null} */
  threadId = null;
  /** The last number shown. */
  last = 0;
  #isLive = false;
  #connection;
  #view;

  /**
   * @param {{ follow(threadId: string | null, after: () => number): void, renew(): void }} connection
   * @param {FeedView} view
   */
  constructor(connection, view) {
    this.#connection = connection;
    this.#view = view;
  }

  /** @param {string | null} threadId null: no thread */
  open(threadId) {
    this.threadId = threadId;
    this.#startOver();
  }

  /** @param {ThreadEvent} event */
  hear(event) {
    if (event.threadId !== this.threadId || event.seq <= this.last) return;
    // A number is missing: nothing is shown out of turn, and what is missing is asked for on a new connection.
    if (event.seq !== this.last + 1) return this.#connection.renew();
    this.last = event.seq;
    this.#view.show(event, this.#isLive);
  }

  /** @param {ControlMessage} message */
  control(message) {
    const { type, threadId, data } = message;
    if (threadId === null || threadId !== this.threadId) return;
    if (type === 'subscribed' && data.firstSeq > this.last + 1) {
      this.last = data.firstSeq - 1;
      this.#view.beginsLater();
    }
    if (type === 'caught_up') {
      const isFirst = !this.#isLive;
      this.#isLive = true;
      this.#view.caughtUp(isFirst);
    }
    // The platform knows less than was shown: its store came back older.
    if (type === 'error' && data.code === 'seq_ahead') this.#startOver();
    else if (type === 'error') this.#view.refused(data.message);
  }

  #startOver() {
    this.last = 0;
    this.#isLive = false;
    this.#view.empty();
    this.#connection.follow(this.threadId, () => this.last);
  }
}
