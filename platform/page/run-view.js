import { announce, el } from './dom.js';
import { reportView } from './report-view.js';
import { agentName, clockTime, count, duration, facts, toolName } from './words.js';

/** One question and what became of it, told event by event in the order of their numbers. */
export class RunView {
  element = el('li', { className: 'run' });
  #state = el('p', { className: 'state' });
  #stop = el('button', { type: 'button', className: 'stop', hidden: true }, 'Stop');
  #steps = el('ol', { className: 'steps' });
  #summary = el('summary', {}, 'How the answer is being made');
  #work = el('details', { className: 'work', hidden: true }, this.#summary, this.#steps);
  #calls = new Map();
  #thoughts = 0;
  #asked = null;
  #atWork = null;
  #on;

  /** `on.stop(runId)` and `on.askAgain(text)`: what a person can want of a run. */
  constructor(on) {
    this.#on = on;
  }

  tell(event, isLive) {
    const shown = this.#told(event, isLive);
    if (shown !== null) this.element.append(shown);
  }

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
        return this.#work;
      case 'agent_thinking':
        this.#thoughts += 1;
        if (isLive) announce(data.note);
        return this.#step(agent, el('p', {}, data.note));
      case 'tool_executing':
        return this.#call(agent, data);
      case 'tool_completed':
        return this.#callEnded(data);
      case 'agent_completed':
        this.#over(`Answered at ${clockTime(at)}`, isLive && 'The answer is ready.');
        return reportView(data.report);
      case 'agent_failed':
        this.#over('Not answered', isLive && data.message);
        return this.#failure(data);
      case 'agent_cancelled':
        this.#over('Stopped', isLive && 'The answer was stopped.');
        return el('p', { className: 'notice' }, 'You stopped this answer before it was finished.');
      default:
        return null;
    }
  }

  #question({ text, waiting }, at, runId) {
    // Those may be of other threads and other people, whose endings are not told here: the number is of that moment.
    const first = `Waiting: ${count(waiting, 'question')} had to end first at ${clockTime(at)}`;
    this.#say(waiting > 0 ? first : 'Taken');
    this.#stop.hidden = false;
    this.#stop.onclick = () => this.#askToStop(runId);
    const time = el('time', { dateTime: at, className: 'quiet' }, clockTime(at));
    const question = el('div', { className: 'question' }, el('h2', {}, text), time);
    this.element.append(question);
    return el('div', { className: 'head' }, this.#state, this.#stop);
  }

  async #askToStop(runId) {
    const before = this.#state.textContent;
    this.#say('Stopping');
    this.#stop.disabled = true;
    try {
      await this.#on.stop(runId);
    } catch (refusal) {
      this.#say(`${before}. ${refusal.message}`);
      this.#stop.disabled = false;
    }
  }

  #step(agent, ...parts) {
    // Only the first step of each specialist says who is at work.
    const name = el('span', { className: 'agent' }, agent === this.#atWork ? '' : agentName(agent));
    this.#atWork = agent;
    this.#steps.append(el('li', {}, name, el('div', {}, ...parts)));
    return null;
  }

  #call(agent, { callId, tool, input }) {
    const outcome = el('span', { className: 'outcome running' }, 'reading');
    const details = el('details', { className: 'facts' }, el('summary', {}, toolName(tool), ' ', outcome));
    details.append(factList('Given', input));
    this.#calls.set(callId, { outcome, details });
    return this.#step(agent, details);
  }

  #callEnded({ callId, outcome: how, summary, more, tookMs }) {
    const call = this.#calls.get(callId);
    if (call === undefined) return null; // Its beginning is no longer kept.
    const { outcome, details } = call;
    outcome.className = `outcome ${how}`;
    outcome.textContent = how === 'ok' ? `done in ${duration(tookMs)}` : how;
    details.append(factList(how === 'ok' ? 'Found' : 'What happened', summary));
    if (more) details.append(el('p', { className: 'quiet' }, 'There is more; this is its beginning.'));
    return null;
  }

  #failure({ message, retryable }) {
    const again = el('button', { type: 'button' }, 'Ask again');
    again.onclick = () => {
      again.disabled = true;
      this.#on.askAgain(this.#asked);
    };
    return el(
      'section',
      { className: 'failure', ariaLabel: 'Failure' },
      el('h3', {}, 'There is no answer this time'),
      el('p', {}, message),
      retryable ? again : null,
    );
  }

  #over(words, spoken) {
    this.#say(words);
    this.element.classList.add('over');
    this.#stop.hidden = true;
    this.#summary.textContent = `How it was worked out: ${count(this.#thoughts, 'thought')}, ${count(this.#calls.size, 'reading')}`;
    if (spoken) announce(spoken);
  }

  #say(words) {
    this.#state.textContent = words;
  }
}

function factList(title, value) {
  const pairs = facts(value).map(([name, text]) => el('div', {}, el('dt', {}, name), el('dd', {}, text)));
  return el('div', {}, el('h4', {}, title), el('dl', {}, ...pairs));
}
