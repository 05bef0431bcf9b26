import { attemptAfter, reconnectDelay } from './reconnect.mjs';

const OPEN = 1;
const BROKEN = 1006;
const LOOK_AGAIN_MS = 5_000;
const ANSWER_MS = 10_000;
/** Closed by the person from another tab: the sign-in stands, and coming back by itself would undo it. */
const DISCONNECTED = 'disconnected';

/**
 * The live connection (`chat.v1`), opened anew whenever it is lost. Each opening resumes after the last number that was
 * seen, and an instance that restarts is left only when the next connection has caught up; what both told is told once
 * by whoever counts.
 *
 * @typedef {import('../types.ts').Socket} Socket
 *
 * @typedef {object} ConnectionDeps
 * @property {import('../types.ts').TokenSource} session
 * @property {(token: string) => Socket} connect
 * @property {import('../types.ts').Surroundings} surroundings
 */
export class Connection {
  /** @type {Socket | null} */
  #current = null;
  /** @type {Socket | null} */
  #next = null;
  /** @type {Socket | null} */
  #leaving = null;
  /** @type {{ threadId: string, after: () => number } | null} */
  #followed = null;
  /** Tries since a connection was stable. */
  #attempt = 0;
  #turn = 0;
  #openedAt = 0;
  #waitAtLeastMs = 0;
  /** @type {Map<string, () => void>} */
  #timers = new Map();
  #deps;
  #events;

  /**
   * @param {ConnectionDeps} deps
   * @param {import('../types.ts').ConnectionEvents} events
   */
  constructor(deps, events) {
    this.#deps = deps;
    this.#events = events;
  }

  get isOpen() {
    return this.#current?.readyState === OPEN;
  }

  async open() {
    const turn = (this.#turn += 1);
    this.#timer('open');
    if (this.#current === null) this.#events.state('connecting');
    const { session, connect } = this.#deps;
    const token = await session.token().catch(() => null);
    if (turn !== this.#turn) return;
    if (token === null) return session.isSignedIn ? this.#later(BROKEN, '', 0) : this.#events.over('');
    const socket = connect(token);
    this.#next = socket;
    socket.onmessage = ({ data }) => this.#hear(socket, JSON.parse(data));
    socket.onclose = ({ code, reason }) => this.#lost(socket, code, reason);
  }

  close() {
    this.#turn += 1;
    for (const name of [...this.#timers.keys()]) this.#timer(name);
    for (const socket of [this.#current, this.#next, this.#leaving]) this.#drop(socket);
    this.#current = this.#next = this.#leaving = this.#followed = null;
    this.#attempt = 0;
    this.#waitAtLeastMs = 0;
  }

  /**
   * Shows one thread: `after()` answers the last number seen of it.
   *
   * @param {string | null} threadId
   * @param {() => number} after
   */
  follow(threadId, after) {
    if (this.#followed !== null) this.say({ type: 'unsubscribe', threadId: this.#followed.threadId });
    this.#followed = threadId === null ? null : { threadId, after };
    this.#subscribe();
  }

  /**
   * Says it now, or not at all while there is no connection.
   *
   * @param {object} message
   */
  say(message) {
    if (this.isOpen) this.#current?.send(JSON.stringify(message));
  }

  /** Gives the connection up and resumes on a new one: what should have come did not come. */
  renew() {
    const socket = this.#current;
    if (socket === null) return;
    this.#drop(socket);
    this.#lost(socket, BROKEN, '');
  }

  /** The tab woke up, found its network again or may have room now: it does not wait for its turn. */
  look() {
    if (this.#timers.has('open')) return void this.open();
    if (this.#current === null) return;
    this.say({ type: 'ping' });
    this.#timer('answer', ANSWER_MS, () => this.renew());
  }

  /**
   * @param {Socket} socket
   * @param {any} message
   */
  #hear(socket, message) {
    this.#timer('answer');
    if (message.seq !== undefined) return this.#events.event(message);
    if (message.type === 'welcome') this.#welcomed(socket);
    if (message.type === 'restarting') this.#timer('open', message.data.reconnectInMs, () => this.open());
    if (message.type === 'error') this.#waitAtLeastMs = message.data.retryAfterMs ?? 0;
    if (message.type === 'caught_up' && socket === this.#current) this.#leave();
    this.#events.control(message);
  }

  /** @param {Socket} socket */
  #welcomed(socket) {
    this.#timer('renewal', this.#deps.session.freshForMs, () => this.#lengthen());
    if (socket === this.#current) return;
    this.#leaving = this.#current;
    this.#current = socket;
    this.#next = null;
    this.#openedAt = this.#deps.surroundings.now();
    this.#events.state('live');
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

  /** A new token on the same connection, so that nothing pauses. */
  async #lengthen() {
    const turn = this.#turn;
    const { session } = this.#deps;
    const token = await session.token().catch(() => null);
    if (turn !== this.#turn) return;
    if (token !== null) this.say({ type: 'renew', token });
    else if (!session.isSignedIn) this.#events.over('');
    else this.#timer('renewal', LOOK_AGAIN_MS, () => this.#lengthen());
  }

  /**
   * @param {Socket} socket
   * @param {number} code
   * @param {string} reason
   */
  #lost(socket, code, reason) {
    if (socket === this.#leaving) this.#leaving = null;
    if (socket === this.#next) this.#next = null;
    let openMs = 0;
    if (socket === this.#current) {
      this.#current = null;
      openMs = this.#deps.surroundings.now() - this.#openedAt;
    }
    if (this.#next === null && !this.#timers.has('open')) this.#later(code, reason, openMs);
  }

  /**
   * @param {number} code
   * @param {string} reason
   * @param {number} openMs how long the connection had stood
   */
  #later(code, reason, openMs) {
    this.#attempt = attemptAfter(this.#attempt, openMs);
    let delay = reconnectDelay(this.#attempt, code, this.#deps.surroundings.random);
    if (delay === 'stop') {
      if (reason === DISCONNECTED) return this.#events.state('closed');
      if (this.#deps.session.freshForMs > 0) return this.#events.over(reason);
      // The token ended while this machine was asleep: renewing it is signing in again.
      delay = 0;
    }
    const inMs = Math.max(delay, this.#waitAtLeastMs);
    this.#waitAtLeastMs = 0;
    if (this.#current === null) this.#events.state('lost', inMs);
    this.#timer('open', inMs, () => this.open());
  }

  /** @param {Socket | null} socket */
  #drop(socket) {
    if (socket === null) return;
    socket.onmessage = socket.onclose = null;
    socket.close();
  }

  /**
   * One of each name at a time; without `then` it is only called off.
   *
   * @param {string} name
   * @param {number} [ms]
   * @param {() => unknown} [then]
   */
  #timer(name, ms = 0, then) {
    this.#timers.get(name)?.();
    this.#timers.delete(name);
    if (then === undefined) return;
    const callOff = this.#deps.surroundings.after(ms, () => {
      this.#timers.delete(name);
      then();
    });
    this.#timers.set(name, callOff);
  }
}
