import { announce, el, find, findAs, refuse } from '../common/dom.mjs';
import { troubleWords } from '../common/labels.mjs';
import { Outbox } from '../asking/outbox.mjs';
import { RunView } from '../answer/run-view.mjs';
import { problemOfQuestion, sends } from '../common/text.mjs';
import { ThreadFeed } from './thread-feed.mjs';
import { UnsentView } from '../asking/unsent-view.mjs';

const FIRST_QUESTIONS = ['How can we cut our AI spending?', 'What did the last week cost?', 'Where does our money go?'];
const NEAR_THE_END_PX = 120;

/**
 * The open thread, and the place to ask; without a thread, the place to begin one by asking.
 *
 * @typedef {import('../types.ts').Thread} Thread
 * @typedef {import('../types.ts').ThreadEvent} ThreadEvent
 * @typedef {import('../types.ts').ControlMessage} ControlMessage
 *
 * @typedef {object} ThreadViewDeps
 * @property {import('../session/session.mjs').Session} session
 * @property {import('../connection/connection.mjs').Connection} connection
 * @property {import('../asking/drafts.mjs').Drafts} drafts
 * @property {import('./thread-title.mjs').ThreadTitle} title
 * @property {import('./thread-sharing.mjs').ThreadSharing} sharing
 * @property {(thread: Thread) => void} created by asking
 */
export class ThreadView {
  #element = find('#thread');
  #notice = find('#thread > .notice');
  #story = find('.story');
  #form = findAs(HTMLFormElement, '.ask');
  #text = findAs(HTMLTextAreaElement, '#question');
  #unsent = new UnsentView({
    again: (question) => this.#outbox.again(question),
    remove: (clientMessageId) => this.#outbox.remove(clientMessageId),
  });
  /** @type {Map<string, RunView>} */
  #runs = new Map();
  #deps;
  #feed;
  #outbox;

  /** @param {ThreadViewDeps} deps */
  constructor(deps) {
    this.#deps = deps;
    const { session, connection, drafts, created } = deps;
    this.#feed = new ThreadFeed(connection, {
      empty: () => this.#empty(),
      beginsLater: () => this.#beginsLater(),
      show: (event, isLive) => this.#show(event, isLive),
      caughtUp: (isFirst) => this.#caughtUp(isFirst),
      refused: (message) => refuse(this.#form, message),
    });
    this.#outbox = new Outbox({
      drafts,
      connection,
      createThread: (title, key) => session.call('POST', '/v1/threads', { title }, key),
      created,
      changed: () => this.showUnsent(),
    });
    this.#form.addEventListener('submit', (submit) => {
      submit.preventDefault();
      this.#askWritten();
    });
    this.#text.addEventListener('input', () => drafts.keepDraft(this.#feed.threadId, this.#text.value));
    this.#text.addEventListener('keydown', (key) => {
      if (!sends(key)) return;
      key.preventDefault();
      this.#form.requestSubmit();
    });
  }

  get threadId() {
    return this.#feed.threadId;
  }

  /** @param {Thread | null} thread null: a new one is begun by asking */
  show(thread) {
    this.#deps.title.show(thread, 'What would you like to know?');
    this.#open(thread?.threadId ?? null);
    if (thread === null) this.#offerExamples();
    else void this.#deps.sharing.load(thread.threadId);
    // Where typing is by touch, focus would cover the answer with a keyboard.
    if (thread !== null && matchMedia('(pointer: coarse)').matches) this.#deps.title.focus();
    else this.#text.focus({ preventScroll: true });
  }

  /**
   * There is nothing to show, and why.
   *
   * @param {string} why
   */
  showNothing(why) {
    this.#open(null);
    this.#form.hidden = true;
    this.#deps.title.show(null, why);
    this.#deps.title.focus();
  }

  /** What was asked here and has not arrived, with what is the matter with it. */
  showUnsent() {
    const { drafts } = this.#deps;
    const questions = drafts.questions().filter(({ threadId }) => threadId === this.#feed.threadId);
    this.#unsent.show(questions, this.#deps.connection.isOpen);
    if (questions.length > 0) this.#story.querySelector('.examples')?.remove();
  }

  /** @param {ThreadEvent} event */
  hear(event) {
    this.#feed.hear(event);
  }

  /** @param {ControlMessage} message */
  control(message) {
    const { type, data } = message;
    // What belongs to the open thread waits until that has caught up: what had arrived is known by then.
    if (type === 'welcome') {
      this.#outbox.sendWaiting(({ threadId }) => threadId === null || threadId !== this.#feed.threadId);
    }
    if (type === 'error' && data.ref !== undefined && this.#outbox.refused(data.ref, troubleWords(data))) {
      return announce(troubleWords(data));
    }
    this.#feed.control(message);
  }

  /** @param {string | null} threadId */
  #open(threadId) {
    this.#form.hidden = false;
    this.#notice.hidden = true;
    this.#text.value = this.#deps.drafts.draft(threadId);
    refuse(this.#form);
    this.#feed.open(threadId);
    this.showUnsent();
  }

  /**
   * @param {ThreadEvent} event
   * @param {boolean} isLive
   */
  #show(event, isLive) {
    const isAtEnd = this.#isAtEnd();
    this.#story.querySelector('.examples')?.remove();
    if (event.type === 'user_message') this.#outbox.remove(event.data.clientMessageId);
    const run = this.#run(event.runId);
    run.tell(event, isLive);
    if (!isLive || !isAtEnd) return;
    if (event.type === 'agent_completed') find('.report', run.element).scrollIntoView();
    else this.#toEnd();
  }

  /** @param {boolean} isFirst */
  #caughtUp(isFirst) {
    const { threadId, last } = this.#feed;
    this.#outbox.sendWaiting((question) => question.threadId === threadId);
    if (last === 0 && this.#unsent.isEmpty) this.#offerExamples();
    if (isFirst) this.#toNewestAnswer();
  }

  #askWritten() {
    const text = this.#text.value;
    const problem = problemOfQuestion(text);
    refuse(this.#form, problem);
    if (problem !== undefined) return;
    this.#text.value = '';
    this.#deps.drafts.keepDraft(this.#feed.threadId, '');
    this.#ask(text);
  }

  /** @param {string} text */
  #ask(text) {
    this.#outbox.ask(this.#feed.threadId, text);
    this.#toEnd();
  }

  #beginsLater() {
    this.#notice.textContent = 'The beginning of this thread is no longer kept here.';
    this.#notice.hidden = false;
  }

  #empty() {
    this.#runs.clear();
    this.#deps.sharing.clear();
    this.#story.replaceChildren();
    announce('');
  }

  /** @param {string} runId */
  #run(runId) {
    const known = this.#runs.get(runId);
    if (known !== undefined) return known;
    const run = new RunView({
      stop: (id) => this.#deps.session.call('POST', `/v1/runs/${id}/cancel`),
      askAgain: (text) => this.#ask(text),
      sharing: (id) => this.#deps.sharing.elementFor(id),
    });
    this.#runs.set(runId, run);
    this.#story.append(run.element);
    return run;
  }

  #offerExamples() {
    if (!this.#unsent.isEmpty) return;
    const buttons = FIRST_QUESTIONS.map((text) => {
      const button = el('button', { type: 'button' }, text);
      button.onclick = () => this.#ask(text);
      return button;
    });
    this.#story.replaceChildren(
      el('li', { className: 'examples' }, el('p', { className: 'quiet' }, 'You could begin with'), ...buttons),
    );
  }

  /** The last report from its beginning; without one, where the thread ends. */
  #toNewestAnswer() {
    const last = this.#story.querySelector('.run:last-child > :is(.report, .failure)');
    if (last === null) this.#toEnd();
    else last.scrollIntoView();
  }

  #isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#element;
    return scrollHeight - scrollTop - clientHeight < NEAR_THE_END_PX;
  }

  #toEnd() {
    this.#element.scrollTop = this.#element.scrollHeight;
  }
}
