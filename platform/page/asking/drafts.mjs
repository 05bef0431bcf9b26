const KEPT = 'drafts';

/**
 * What a person has written in this tab and the platform does not have yet: a draft for each thread (null: for a new
 * one), and the questions that have not arrived or were refused. It lives in memory, and waits in sessionStorage only
 * while the tab reloads.
 *
 * @typedef {import('../types.ts').Question} Question
 */
export class Drafts {
  /** @type {Map<string | null, string>} */
  #drafts = new Map();
  /** @type {Map<string, Question>} */
  #questions = new Map();
  #stored;
  #nextId;

  /**
   * @param {Pick<import('../common/stored.mjs').Stored, 'read' | 'write' | 'remove'>} stored of this tab alone
   * @param {() => string} nextId
   */
  constructor(stored, nextId) {
    this.#stored = stored;
    this.#nextId = nextId;
    const kept = stored.read(KEPT);
    if (!isKept(kept)) return;
    this.#drafts = new Map(kept.drafts);
    this.#questions = new Map(kept.questions.map((question) => [question.clientMessageId, question]));
  }

  /** The tab is being left, perhaps to be reloaded. */
  keep() {
    this.#stored.write(KEPT, { drafts: [...this.#drafts], questions: this.questions() });
  }

  /** The tab is shown: a duplicate of it is not to hold the same. */
  unkeep() {
    this.#stored.remove(KEPT);
  }

  /** @param {string | null} threadId */
  draft(threadId) {
    return this.#drafts.get(threadId) ?? '';
  }

  /**
   * @param {string | null} threadId
   * @param {string} text
   */
  keepDraft(threadId, text) {
    if (text === '') this.#drafts.delete(threadId);
    else this.#drafts.set(threadId, text);
  }

  /**
   * @param {string | null} threadId
   * @param {string} text
   * @returns {Question}
   */
  add(threadId, text) {
    const question = { threadId, clientMessageId: this.#nextId(), text, refusal: null };
    this.#questions.set(question.clientMessageId, question);
    return question;
  }

  /** In the order in which they were asked. */
  questions() {
    return [...this.#questions.values()];
  }

  /** @param {string | undefined} clientMessageId */
  question(clientMessageId) {
    return clientMessageId === undefined ? undefined : this.#questions.get(clientMessageId);
  }

  /**
   * It has arrived, or is given up.
   *
   * @param {string} clientMessageId
   */
  drop(clientMessageId) {
    this.#questions.delete(clientMessageId);
  }

  forget() {
    this.#drafts.clear();
    this.#questions.clear();
  }
}

/**
 * Storage is not trusted: what cannot be drafts is left alone.
 *
 * @param {unknown} kept
 * @returns {kept is { drafts: [string | null, string][], questions: Question[] }}
 */
function isKept(kept) {
  const { drafts, questions } = /** @type {{ drafts?: unknown, questions?: unknown }} */ (Object(kept));
  return (
    Array.isArray(drafts) &&
    drafts.every((draft) => Array.isArray(draft) && typeof draft[1] === 'string') &&
    Array.isArray(questions) &&
    questions.every((question) => typeof question?.clientMessageId === 'string' && typeof question.text === 'string')
  );
}
