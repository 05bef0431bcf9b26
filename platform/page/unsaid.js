const KEPT = 'unsaid';

/**
 * What a person has written in this tab and the platform does not have yet: a draft for each thread, and the questions
 * that have not arrived or were refused. Like the sign-in, it waits in sessionStorage only while the tab reloads.
 */
export class Unsaid {
  #drafts = new Map();
  #questions = new Map();

  constructor() {
    addEventListener('pagehide', () => {
      const kept = { drafts: [...this.#drafts], questions: [...this.#questions] };
      sessionStorage.setItem(KEPT, JSON.stringify(kept));
    });
    addEventListener('pageshow', () => sessionStorage.removeItem(KEPT));
    const { drafts, questions } = JSON.parse(sessionStorage.getItem(KEPT)) ?? { drafts: [], questions: [] };
    this.#drafts = new Map(drafts);
    this.#questions = new Map(questions);
  }

  draft(threadId) {
    return this.#drafts.get(threadId) ?? '';
  }

  keepDraft(threadId, text) {
    this.#drafts.set(threadId, text);
  }

  /** Its name (`clientMessageId`) stays the same however often it is sent, so that it is taken once. */
  add(threadId, text) {
    const question = { threadId, clientMessageId: crypto.randomUUID(), text, refusal: null };
    this.#questions.set(question.clientMessageId, question);
    return question;
  }

  /** In the order in which they were asked; `refusal` says why one was not taken, or is null. */
  questions() {
    return [...this.#questions.values()];
  }

  question(clientMessageId) {
    return this.#questions.get(clientMessageId);
  }

  /** It has arrived, or is given up. */
  drop(clientMessageId) {
    this.#questions.delete(clientMessageId);
  }

  forget() {
    this.#drafts.clear();
    this.#questions.clear();
  }
}
