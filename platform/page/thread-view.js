import { announce, el, find, refuse } from './dom.js';
import { RunView } from './run-view.js';

const FIRST_QUESTIONS = ['How can we cut our AI spending?', 'What did the last week cost?', 'Where does our money go?'];
const NEAR_THE_END_PX = 120;

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
  #runs = new Map();
  #unsent = new Map();
  #isLive = false;
  #session;
  #line;

  constructor(session, line) {
    this.#session = session;
    this.#line = line;
    this.#form.addEventListener('submit', (submit) => {
      submit.preventDefault();
      this.#ask(this.#text.value);
      this.#text.value = '';
    });
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
    this.#unsent.clear();
    refuse(this.#form);
    this.#empty();
    this.#line.follow(this.threadId, () => this.last);
    if (thread !== undefined) this.#text.focus({ preventScroll: true });
  }

  /** There is nothing to show, and why. */
  showNothing(why) {
    this.show();
    this.#title.textContent = why;
    this.#title.focus();
  }

  hear(event) {
    if (event.threadId !== this.threadId || event.seq <= this.last) return;
    // A number is missing: nothing is shown out of turn, and the line is asked for it again.
    if (event.seq !== this.last + 1) return this.#line.renew();
    const isAtEnd = this.#isAtEnd();
    this.last = event.seq;
    find('.examples', this.#story)?.remove();
    this.#unsent.delete(event.data.clientMessageId);
    const run = this.#run(event.runId);
    run.tell(event, this.#isLive);
    if (isAtEnd && event.type === 'agent_completed') find('.report', run.element).scrollIntoView();
    else if (isAtEnd) this.#toEnd();
  }

  control({ type, threadId, data }) {
    if (threadId !== this.threadId || threadId === null) return;
    if (type === 'subscribed' && data.firstSeq > this.last + 1) this.#beginAt(data.firstSeq);
    if (type === 'caught_up') this.#caughtUp();
    if (type === 'error' && data.code === 'seq_ahead') {
      this.#empty();
      this.#line.follow(this.threadId, () => this.last);
    } else if (type === 'error') this.#refused(data);
  }

  #caughtUp() {
    this.#isLive = true;
    // What was said while there was no line is said now; what had arrived all the same is known by its name.
    for (const message of this.#unsent.values()) this.#line.say(message);
    if (this.last === 0 && this.#unsent.size === 0) this.#offerExamples();
  }

  #ask(text) {
    refuse(this.#form);
    const clientMessageId = crypto.randomUUID();
    const message = { type: 'send_message', threadId: this.threadId, clientMessageId, text, ref: clientMessageId };
    this.#unsent.set(clientMessageId, message);
    this.#line.say(message);
    this.#toEnd();
  }

  #refused({ message, ref }) {
    const unsent = this.#unsent.get(ref);
    this.#unsent.delete(ref);
    if (unsent !== undefined && this.#text.value === '') this.#text.value = unsent.text;
    refuse(this.#form, message);
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
