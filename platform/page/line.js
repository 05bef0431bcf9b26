import { reconnectDelay, STABLE_MS } from './reconnect.js';

const BROKEN = 1006;
const LOOK_AGAIN_MS = 5_000;
const ANSWER_MS = 10_000;

/**
 * The live line (`chat.v1`), opened anew whenever it is lost. Each opening resumes after the last number that was seen,
 * and an instance that restarts is left only when the next line has caught up; what both told is told once by whoever
 * counts (`hears.event`).
 *
 * @param hears `event(event)`, `control(message)`, `state(is, inMs)` with `connecting`, `live` or `lost`, and `over()`
 *   when there is nothing to come back to as this person.
 */
export class Line {
  #session;
  #hears;
  #current = null;
  #next = null;
  #leaving = null;
  #followed = null;
  #attempt = 0;
  #turn = 0;
  #openedAt = 0;
  #waitAtLeastMs = 0;
  #timers = {};

  constructor(session, hears) {
    this.#session = session;
    this.#hears = hears;
    // A tab that wakes up or finds its network again does not wait for its turn.
    addEventListener('online', () => this.#look());
    addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.#look());
  }

  get isOpen() {
    return this.#current?.readyState === WebSocket.OPEN;
  }

  async open() {
    const turn = (this.#turn += 1);
    this.#timer('open');
    if (this.#current === null) this.#hears.state('connecting');
    const token = await this.#session.token().catch(() => null);
    if (turn !== this.#turn) return;
    if (token === null) return this.#session.isSignedIn ? this.#later(BROKEN) : this.#hears.over();
    const socket = new WebSocket(`/v1/chat`, ['chat.v1', `bearer.${token}`]);
    this.#next = socket;
    socket.onmessage = ({ data }) => this.#hear(socket, JSON.parse(data));
    socket.onclose = ({ code }) => this.#lost(socket, code);
  }

  close() {
    this.#turn += 1;
    for (const name of Object.keys(this.#timers)) this.#timer(name);
    for (const socket of [this.#current, this.#next, this.#leaving]) this.#drop(socket);
    this.#current = this.#next = this.#leaving = this.#followed = null;
    this.#attempt = 0;
  }

  /** Shows one thread: `after()` answers the last number seen of it. */
  follow(threadId, after) {
    if (this.#followed !== null) this.say({ type: 'unsubscribe', threadId: this.#followed.threadId });
    this.#followed = threadId === null ? null : { threadId, after };
    this.#subscribe();
  }

  /** Says it now, or not at all while there is no line. */
  say(message) {
    if (this.isOpen) this.#current.send(JSON.stringify(message));
  }

  /** Gives the line up and resumes on a new one: what should have come did not come. */
  renew() {
    const socket = this.#current;
    this.#drop(socket);
    this.#lost(socket, BROKEN);
  }

  #hear(socket, message) {
    this.#timer('answer');
    if (message.seq !== undefined) return this.#hears.event(message);
    if (message.type === 'welcome') this.#welcomed(socket);
    if (message.type === 'restarting') this.#timer('open', message.data.reconnectInMs, () => this.open());
    if (message.type === 'error') this.#waitAtLeastMs = message.data.retryAfterMs ?? 0;
    if (message.type === 'caught_up' && socket === this.#current) this.#leave();
    this.#hears.control(message);
  }

  #welcomed(socket) {
    this.#timer('renewal', this.#session.freshForMs, () => this.#lengthen());
    if (socket === this.#current) return;
    this.#leaving = this.#current;
    this.#current = socket;
    this.#next = null;
    this.#openedAt = performance.now();
    this.#hears.state('live');
    this.#subscribe();
    if (this.#followed === null) this.#leave();
  }

  #subscribe() {
    if (this.#followed === null) return;
    const { threadId, after } = this.#followed;
    this.say({ type: 'subscribe', threadId, afterSeq: after() });
  }

  #leave() {
    this.#drop(this.#leaving);
    this.#leaving = null;
  }

  /** A new token on the same line, so that nothing pauses. */
  async #lengthen() {
    try {
      this.say({ type: 'renew', token: await this.#session.token() });
    } catch {
      if (!this.#session.isSignedIn) this.#hears.over();
      else this.#timer('renewal', LOOK_AGAIN_MS, () => this.#lengthen());
    }
  }

  #lost(socket, code) {
    if (socket === this.#leaving) this.#leaving = null;
    if (socket === this.#next) this.#next = null;
    if (socket === this.#current) {
      this.#current = null;
      if (performance.now() - this.#openedAt >= STABLE_MS) this.#attempt = 0;
    }
    if (this.#next === null && this.#timers.open === undefined) this.#later(code);
  }

  #later(code) {
    let delay = reconnectDelay((this.#attempt += 1), code);
    if (delay === 'stop') {
      if (this.#session.freshForMs > 0) return this.#hears.over();
      // The token ended while this machine was asleep: renewing it is signing in again.
      delay = 0;
    }
    const inMs = Math.max(delay, this.#waitAtLeastMs);
    this.#waitAtLeastMs = 0;
    if (this.#current === null) this.#hears.state('lost', inMs);
    this.#timer('open', inMs, () => this.open());
  }

  #look() {
    if (this.#timers.open !== undefined) return this.open();
    if (this.#current === null) return;
    this.say({ type: 'ping' });
    this.#timer('answer', ANSWER_MS, () => this.renew());
  }

  #drop(socket) {
    if (socket === null) return;
    socket.onmessage = socket.onclose = null;
    socket.close();
  }

  /** One of each name at a time; without `then` it is only cleared. */
  #timer(name, ms, then) {
    clearTimeout(this.#timers[name]);
    delete this.#timers[name];
    if (then === undefined) return;
    this.#timers[name] = setTimeout(() => {
      delete this.#timers[name];
      then();
    }, ms);
  }
}
