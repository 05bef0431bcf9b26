import { announce, el, find, findAs, refuse } from './dom.mjs';
import { troubleWords } from './labels.mjs';
import { Outbox } from './outbox.mjs';
import { RunView } from './run-view.mjs';
import { SharingView } from './sharing-view.mjs';
import { problemOfQuestion, sends } from './text.mjs';
import { ThreadFeed } from './thread-feed.mjs';

const FIRST_QUESTIONS = ['How can we cut our AI spending?', 'What did the last week cost?', 'Where does our money go?'];
const NEAR_THE_END_PX = 120;

/**
 * The open thread, and the place to ask; without a thread, the place to begin one by asking.
 *
 * @typedef {import('./types.ts').Thread} Thread
 * @typedef {import('./types.ts').ThreadEvent} ThreadEvent
 * @typedef {import('./types.ts').ControlMessage} ControlMessage
 * @typedef {import('./types.ts').Question} Question
 *
 * @typedef {object} ThreadViewDeps
 * @property {import('./session.mjs').Session} session
 * @property {import('./connection.mjs').Connection} connection
 * @property {import('./drafts.mjs').Drafts} drafts
 * @property {import('./thread-title.mjs').ThreadTitle} title
 * @property {(thread: Thread) => void} created by asking
 */
export class ThreadView {
  #element = find('#thread');
  #notice = find('#thread > .notice');
  #story = find('.story');
  #form = findAs(HTMLFormElement, '.ask');
  #text = findAs(HTMLTextAreaElement, '#question');
  #unsent = find('.unsent');
  /** @type {Map<string, RunView>} */
  #runs = new Map();
  /** @type {Map<string, SharingView>} */
  #shared = new Map();
  /** Since when, by run. @type {Map<string, string>} */
  #sharedSince = new Map();
  /** @type {{ company: string } | null} */
  #publisher = null;
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

  /** @param {{ company: string } | null} publisher whoever may share reports, and with whom */
  mayShare(publisher) {
    this.#publisher = publisher;
  }

  /** @param {Thread | null} thread null: a new one is begun by asking */
  show(thread) {
    this.#deps.title.show(thread, 'What would you like to know?');
    this.#open(thread?.threadId ?? null);
    if (thread === null) this.#offerExamples();
    else void this.#loadShared(thread.threadId);
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
    this.#unsent.replaceChildren(...questions.map((question) => this.#unsentItem(question)));
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
    if (last === 0 && this.#unsent.childElementCount === 0) this.#offerExamples();
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

  /** @param {Question} question */
  #unsentItem(question) {
    const { clientMessageId, text, refusal } = question;
    const title = el('div', { className: 'question' }, el('h2', { dir: 'auto' }, text));
    if (refusal === null) {
      const state = this.#deps.connection.isOpen ? 'Sending' : 'Not sent yet';
      return el('li', {}, title, el('p', { className: 'state' }, state));
    }
    const again = el('button', { type: 'button' }, 'Ask again');
    again.onclick = () => this.#outbox.again(question);
    const remove = el('button', { type: 'button' }, 'Remove');
    remove.onclick = () => this.#outbox.remove(clientMessageId);
    return el('li', {}, title, el('p', { className: 'notice' }, `Not asked. ${refusal}`), el('div', {}, again, remove));
  }

  #beginsLater() {
    this.#notice.textContent = 'The beginning of this thread is no longer kept here.';
    this.#notice.hidden = false;
  }

  #empty() {
    this.#runs.clear();
    this.#shared.clear();
    this.#sharedSince.clear();
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
      sharing: (id) => this.#sharing(id),
    });
    this.#runs.set(runId, run);
    this.#story.append(run.element);
    return run;
  }

  /** @param {string} runId */
  #sharing(runId) {
    if (this.#publisher === null) return null;
    const { session } = this.#deps;
    const view = new SharingView(runId, {
      company: this.#publisher.company,
      share: (id) => session.call('POST', `/v1/runs/${id}/publication`),
      takeBack: (id) => session.call('DELETE', `/v1/runs/${id}/publication`),
    });
    view.sharedSince(this.#sharedSince.get(runId) ?? null);
    this.#shared.set(runId, view);
    return view.element;
  }

  /** @param {string} threadId */
  async #loadShared(threadId) {
    if (this.#publisher === null) return;
    try {
      const { reports } = await this.#deps.session.call('GET', `/v1/reports?threadId=${threadId}`);
      for (const { runId, publishedAt } of reports) {
        this.#sharedSince.set(runId, publishedAt);
        this.#shared.get(runId)?.sharedSince(publishedAt);
      }
    } catch {
      // Sharing once more changes nothing, so a button that does not know yet does no harm.
    }
  }

  #offerExamples() {
    if (this.#unsent.childElementCount > 0) return;
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
