import { announce, el, messageOf } from '../common/dom.mjs';
import { agentName, clockTime, count, duration, facts, toolName } from '../common/labels.mjs';
import { reportView } from './report-view.mjs';

/**
 * One question and what became of it, told event by event in the order of their numbers.
 *
 * @typedef {import('../types.ts').ThreadEvent} ThreadEvent
 * @typedef {import('../types.ts').Report} Report
 *
 * @typedef {object} RunWishes what a person can want of a run
 * @property {(runId: string) => Promise<unknown>} stop
 * @property {(text: string) => void} askAgain
 * @property {(runId: string) => Node | null} sharing what stands below a report
 */
export class RunView {
  element = el('li', { className: 'run' });
  #state = el('p', { className: 'state' });
  #stop = el('button', { type: 'button', className: 'stop', hidden: true }, 'Stop');
  #steps = el('ol', { className: 'steps' });
  #summary = el('summary', {}, 'How the answer is being made');
  #work = el('details', { className: 'work', hidden: true }, this.#summary, this.#steps);
  /** @type {Map<string, { outcome: HTMLElement, details: HTMLElement }>} */
  #calls = new Map();
  #thoughts = 0;
  #asked = '';
  /** @type {string | null} */
  #atWork = null;
  #wishes;

  /** @param {RunWishes} wishes */
  constructor(wishes) {
    this.#wishes = wishes;
  }

  /**
   * @param {ThreadEvent} event
   * @param {boolean} isLive
   */
  tell(event, isLive) {
    this.element.append(...this.#told(event, isLive));
  }

  /**
   * @param {ThreadEvent} event
   * @param {boolean} isLive
   * @returns {Node[]}
   */
  #told(event, isLive) {
    const { type, data, agent, at, runId } = event;
    switch (type) {
      case 'user_message':
        this.#asked = data.text;
        return this.#question(data, at, runId);
      case 'agent_started':
        this.#say('Working on it');
        this.#work.hidden = false;
        // Who comes later is shown the answer first; whoever watches sees it being made.
        this.#work.open = isLive;
        return [this.#work];
      case 'agent_thinking':
        this.#thoughts += 1;
        if (isLive) announce(data.note);
        return this.#step(agent, el('p', { dir: 'auto' }, data.note));
      case 'tool_executing':
        return this.#call(agent, data);
      case 'tool_completed':
        return this.#callEnded(data);
      case 'agent_completed':
        this.#over(`Answered at ${clockTime(at)}`, isLive && 'The answer is ready.');
        return this.#answer(/** @type {Report} */ (/** @type {unknown} */ (data.report)), runId);
      case 'agent_failed':
        this.#over('Not answered', isLive && data.message);
        return [this.#failure(data)];
      case 'agent_cancelled':
        this.#over('Stopped', isLive && 'The answer was stopped.');
        return [el('p', { className: 'notice' }, 'You stopped this answer before it was finished.')];
      default:
        return [];
    }
  }

  /**
   * @param {{ text: string, waiting: number }} asked
   * @param {string} at
   * @param {string} runId
   */
  #question({ text, waiting }, at, runId) {
    // Those may be of other threads and other people, whose endings are not told here: the number is of that moment.
    const first = `Waiting: ${count(waiting, 'question')} had to end first at ${clockTime(at)}`;
    this.#say(waiting > 0 ? first : 'Taken');
    this.#stop.hidden = false;
    this.#stop.onclick = () => this.#askToStop(runId);
    const time = el('time', { dateTime: at, className: 'quiet' }, clockTime(at));
    const question = el('div', { className: 'question' }, el('h2', { dir: 'auto' }, text), time);
    return [question, el('div', { className: 'head' }, this.#state, this.#stop)];
  }

  /** @param {string} runId */
  async #askToStop(runId) {
    const before = this.#state.textContent;
    this.#say('Stopping');
    this.#stop.disabled = true;
    try {
      await this.#wishes.stop(runId);
    } catch (refusal) {
      this.#say(`${before}. ${messageOf(refusal)}`);
      this.#stop.disabled = false;
    }
  }

  /**
   * @param {string | null} agent
   * @param {...Node} parts
   */
  #step(agent, ...parts) {
    // Only the first step of each specialist says who is at work.
    const name = agent === null || agent === this.#atWork ? '' : agentName(agent);
    this.#atWork = agent;
    this.#steps.append(el('li', {}, el('span', { className: 'agent' }, name), el('div', {}, ...parts)));
    return [];
  }

  /**
   * @param {string | null} agent
   * @param {{ callId: string, tool: string, input: unknown }} call
   */
  #call(agent, { callId, tool, input }) {
    const outcome = el('span', { className: 'outcome running' }, 'reading');
    const details = el('details', { className: 'facts' }, el('summary', {}, toolName(tool), ' ', outcome));
    details.append(factList('Given', input));
    this.#calls.set(callId, { outcome, details });
    return this.#step(agent, details);
  }

  /** @param {{ callId: string, outcome: string, summary: unknown, more: boolean, tookMs: number }} ended */
  #callEnded({ callId, outcome: how, summary, more, tookMs }) {
    const call = this.#calls.get(callId);
    if (call === undefined) return []; // Its beginning is no longer kept.
    const { outcome, details } = call;
    outcome.className = `outcome ${how}`;
    outcome.textContent = how === 'ok' ? `done in ${duration(tookMs)}` : how;
    details.append(factList(how === 'ok' ? 'Found' : 'What happened', summary));
    if (more) details.append(el('p', { className: 'quiet' }, 'There is more; this is its beginning.'));
    return [];
  }

  /**
   * @param {Report} report
   * @param {string} runId
   */
  #answer(report, runId) {
    const view = reportView(report, (question) => this.#wishes.askAgain(question));
    const sharing = this.#wishes.sharing(runId);
    if (sharing !== null) view.append(sharing);
    return [view];
  }

  /** @param {{ message: string, retryable: boolean }} failed */
  #failure({ message, retryable }) {
    const again = el('button', { type: 'button' }, 'Ask again');
    again.onclick = () => {
      again.disabled = true;
      this.#wishes.askAgain(this.#asked);
    };
    return el(
      'section',
      { className: 'failure', ariaLabel: `Failure: ${this.#asked}` },
      el('h3', {}, 'There is no answer this time'),
      el('p', {}, message),
      retryable ? again : null,
    );
  }

  /**
   * @param {string} words
   * @param {string | false} spoken
   */
  #over(words, spoken) {
    this.#say(words);
    this.element.classList.add('over');
    this.#stop.hidden = true;
    this.#summary.textContent = `How it was worked out: ${count(this.#thoughts, 'thought')}, ${count(this.#calls.size, 'reading')}`;
    if (spoken) announce(spoken);
  }

  /** @param {string} words */
  #say(words) {
    this.#state.textContent = words;
  }
}

/**
 * @param {string} title
 * @param {unknown} value
 */
function factList(title, value) {
  const pairs = facts(value).map(([name, text]) => el('div', {}, el('dt', {}, name), el('dd', { dir: 'auto' }, text)));
  return el('div', {}, el('h4', {}, title), el('dl', {}, ...pairs));
}
