import { announce, el, find, refuse } from './dom.js';
import { RunView } from './run-view.js';
import { troubleWords } from './words.js';

const FIRST_QUESTIONS = ['How can we cut our AI spending?', 'What did the last week cost?', 'Where does our money go?'];
const NEAR_THE_END_PX = 120;
const LONGEST_QUESTION = 8_000;

/** The open thread: its story in the order of its numbers, each once, and the place to ask. */
export class ThreadView {
  /** The last number shown. */
  last = 0;
  threadId = null;
  #element = find('#thread');
  #title = find('#thread-title');
  #notice = find('#thread > .notice');
  #story = find('.story');
  #form = find('.ask');
  #text = find('#question');
  #unsent = find('.unsent');
  #runs = new Map();
  #isLive = false;
  #session;
  #line;
  #unsaid;

  constructor(session, line, unsaid) {
    this.#session = session;
    this.#line = line;
    this.#unsaid = unsaid;
    this.#form.addEventListener('submit', (submit) => {
      submit.preventDefault();
      this.#askWritten();
    });
    this.#text.addEventListener('input', () => unsaid.keepDraft(this.threadId, this.#text.value));
    this.#text.addEventListener('keydown', (key) => {
      if (key.key !== 'Enter' || key.shiftKey || key.isComposing) return;
      key.preventDefault();
      this.#form.requestSubmit();
    });
  }

  /** Empties the view; without a thread it says what to do. */
  show(thread) {
    this.threadId = thread?.threadId ?? null;
    this.#title.textContent = thread?.title ?? 'Open a thread, or create one';
    document.title = thread === undefined ? 'Agent chat' : `${thread.title} · Agent chat`;
    this.#form.hidden = thread === undefined;
    this.#notice.hidden = true;
    this.#text.value = this.#unsaid.draft(this.threadId);
    refuse(this.#form);
    this.#empty();
    this.showUnsent();
    this.#line.follow(this.threadId, () => this.last);
    if (thread !== undefined) this.#text.focus({ preventScroll: true });
  }

  /** There is nothing to show, and why. */
  showNothing(why) {
    this.show();
    this.#title.textContent = why;
    this.#title.focus();
  }

  /** What was asked here and has not arrived, with what is the matter with it. */
  showUnsent() {
    const questions = this.#unsaid.questions().filter(({ threadId }) => threadId === this.threadId);
    this.#unsent.replaceChildren(...questions.map((question) => this.#unsentItem(question)));
  }

  hear(event) {
    if (event.threadId !== this.threadId || event.seq <= this.last) return;
    // A number is missing: nothing is shown out of turn, and the line is asked for it again.
    if (event.seq !== this.last + 1) return this.#line.renew();
    const isAtEnd = this.#isAtEnd();
    this.last = event.seq;
    find('.examples', this.#story)?.remove();
    if (event.type === 'user_message') this.#arrived(event.data.clientMessageId);
    const run = this.#run(event.runId);
    run.tell(event, this.#isLive);
    if (isAtEnd && event.type === 'agent_completed') find('.report', run.element).scrollIntoView();
    else if (isAtEnd) this.#toEnd();
  }

  control({ type, threadId, data }) {
    // What was said while there was no line is said now; what had arrived all the same is known by its name.
    if (type === 'welcome') this.#sendUnsent((question) => question.threadId !== this.threadId);
    if (type === 'error' && this.#unsaid.question(data.ref) !== undefined) return this.#refused(data);
    if (threadId !== this.threadId || threadId === null) return;
    if (type === 'subscribed' && data.firstSeq > this.last + 1) this.#beginAt(data.firstSeq);
    if (type === 'caught_up') this.#caughtUp();
    if (type === 'error' && data.code === 'seq_ahead') {
      this.#empty();
      this.#line.follow(this.threadId, () => this.last);
    } else if (type === 'error') refuse(this.#form, data.message);
  }

  #caughtUp() {
    this.#isLive = true;
    this.#sendUnsent((question) => question.threadId === this.threadId);
    if (this.last === 0 && this.#unsent.childElementCount === 0) this.#offerExamples();
  }

  #askWritten() {
    const text = this.#text.value;
    const problem = problemOf(text);
    refuse(this.#form, problem);
    if (problem !== undefined) return;
    this.#text.value = '';
    this.#unsaid.keepDraft(this.threadId, '');
    this.#ask(text);
  }

  #ask(text) {
    this.#send(this.#unsaid.add(this.threadId, text));
    find('.examples', this.#story)?.remove();
    this.showUnsent();
    this.#toEnd();
  }

  #send({ threadId, clientMessageId, text }) {
    this.#line.say({ type: 'send_message', threadId, clientMessageId, text, ref: clientMessageId });
  }

  #sendUnsent(isMeant) {
    for (const question of this.#unsaid.questions()) {
      if (question.refusal === null && isMeant(question)) this.#send(question);
    }
  }

  #arrived(clientMessageId) {
    this.#unsaid.drop(clientMessageId);
    this.showUnsent();
  }

  #refused(error) {
    this.#unsaid.question(error.ref).refusal = troubleWords(error);
    this.showUnsent();
    announce(troubleWords(error));
  }

  #unsentItem(question) {
    const { clientMessageId, text, refusal } = question;
    const title = el('div', { className: 'question' }, el('h2', {}, text));
    if (refusal === null) {
      return el('li', {}, title, el('p', { className: 'state' }, this.#line.isOpen ? 'Sending' : 'Not sent yet'));
    }
    const again = el('button', { type: 'button' }, 'Ask again');
    again.onclick = () => {
      question.refusal = null;
      this.#send(question);
      this.showUnsent();
    };
    const remove = el('button', { type: 'button' }, 'Remove');
    remove.onclick = () => this.#arrived(clientMessageId);
    return el('li', {}, title, el('p', { className: 'notice' }, `Not asked. ${refusal}`), el('div', {}, again, remove));
  }

  #beginAt(firstSeq) {
    this.last = firstSeq - 1;
    this.#notice.textContent = 'The beginning of this thread is no longer kept here.';
    this.#notice.hidden = false;
  }

  #empty() {
    this.last = 0;
    this.#isLive = false;
    this.#runs.clear();
    this.#story.replaceChildren();
    announce('');
  }

  #run(runId) {
    let run = this.#runs.get(runId);
    if (run === undefined) {
      run = new RunView({
        stop: (id) => this.#session.call('POST', `/v1/runs/${id}/cancel`),
        askAgain: (text) => this.#ask(text),
      });
      this.#runs.set(runId, run);
      this.#story.append(run.element);
    }
    return run;
  }

  #offerExamples() {
    const buttons = FIRST_QUESTIONS.map((text) => {
      const button = el('button', { type: 'button' }, text);
      button.onclick = () => this.#ask(text);
      return button;
    });
    this.#story.replaceChildren(
      el('li', { className: 'examples' }, el('p', { className: 'quiet' }, 'You could begin with'), ...buttons),
    );
  }

  #isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#element;
    return scrollHeight - scrollTop - clientHeight < NEAR_THE_END_PX;
  }

  #toEnd() {
    this.#element.scrollTop = this.#element.scrollHeight;
  }
}

/** Why a text cannot be asked, as the person is told; nothing when it can. */
function problemOf(text) {
  if (text.trim() === '') return 'Write a question first.';
  if (text.length <= LONGEST_QUESTION) return undefined;
  return `A question has at most ${LONGEST_QUESTION.toLocaleString('en')} characters; this one has ${text.length.toLocaleString('en')}.`;
}
