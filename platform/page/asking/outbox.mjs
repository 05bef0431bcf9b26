import { titleOf } from '../common/text.mjs';

/**
 * Sends what was asked, once: it is sent again whenever a connection stands, under the same name, until its event has
 * come back. A question without a thread gets one first, named by the question; the same key makes that one thread,
 * however often it is asked for.
 *
 * @typedef {import('../types.ts').Question} Question
 * @typedef {import('../types.ts').Thread} Thread
 *
 * @typedef {object} OutboxDeps
 * @property {import('./drafts.mjs').Drafts} drafts
 * @property {{ readonly isOpen: boolean, say(message: object): void }} connection
 * @property {(title: string, key: string) => Promise<Thread>} createThread rejects with `Refusal`
 * @property {(thread: Thread) => void} created
 * @property {() => void} changed what is told of the questions that have not arrived is told anew
 */
export class Outbox {
  /** @type {Set<string>} */
  #creating = new Set();
  #deps;

  /** @param {OutboxDeps} deps */
  constructor(deps) {
    this.#deps = deps;
  }

  /**
   * @param {string | null} threadId null: in a thread of its own
   * @param {string} text
   */
  ask(threadId, text) {
    const question = this.#deps.drafts.add(threadId, text);
    this.#deps.changed();
    this.#send(question);
  }

  /** @param {Question} question one that was refused */
  again(question) {
    question.refusal = null;
    this.#deps.changed();
    this.#send(question);
  }

  /** @param {string} clientMessageId */
  remove(clientMessageId) {
    this.#deps.drafts.drop(clientMessageId);
    this.#deps.changed();
  }

  /**
   * The connection stands, or a thread has caught up: what waits is said; what had arrived all the same is known by its
   * name.
   *
   * @param {(question: Question) => boolean} isMeant
   */
  sendWaiting(isMeant) {
    for (const question of this.#deps.drafts.questions()) {
      if (question.refusal === null && isMeant(question)) this.#send(question);
    }
  }

  /**
   * @param {string} clientMessageId
   * @param {string} why
   * @returns {boolean} whether it is one of these
   */
  refused(clientMessageId, why) {
    const question = this.#deps.drafts.question(clientMessageId);
    if (question === undefined) return false;
    question.refusal = why;
    this.#deps.changed();
    return true;
  }

  /** @param {Question} question */
  #send(question) {
    const { threadId, clientMessageId, text } = question;
    if (threadId === null) void this.#create(question);
    else this.#deps.connection.say({ type: 'send_message', threadId, clientMessageId, text, ref: clientMessageId });
  }

  /** @param {Question} question */
  async #create(question) {
    const { clientMessageId: key, text } = question;
    if (this.#creating.has(key)) return;
    this.#creating.add(key);
    try {
      const thread = await this.#deps.createThread(titleOf(text), key);
      question.threadId = thread.threadId;
      this.#deps.created(thread);
      // Removed meanwhile, or forgotten with the sign-in, it is not asked.
      if (this.#deps.drafts.question(key) === question) this.#send(question);
    } catch (refusal) {
      const { status, message } = /** @type {import('../common/api.mjs').Refusal} */ (refusal);
      // Out of reach, it waits for the next connection like any other question.
      if (status !== 0 || this.#deps.connection.isOpen) this.refused(key, message);
    } finally {
      this.#creating.delete(key);
    }
    this.#deps.changed();
  }
}
