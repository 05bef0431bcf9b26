const DEVICE = 'chat page';
const KEPT = 'sign-in';
/** A token is renewed when this much of its life is over. */
const WORN = 0.8;

/**
 * One sign-in of one browser, shared by its tabs through localStorage: a tab that is opened finds it there, the tab that
 * renews it leaves the new tokens for the others, and whoever signs out takes it away from all. It ends with the last
 * tab: what no tab has renewed for the life of a token is not taken up again. Where the browser keeps nothing, each tab
 * has a sign-in of its own. See docs/decisions/shared-sign-in.md.
 *
 * @typedef {object} Pair
 * @property {string} sessionId
 * @property {string} accessToken
 * @property {string} refreshToken
 * @property {number} freshUntil epoch milliseconds of this machine
 * @property {number} until when the access token ends
 *
 * @typedef {object} SessionDeps
 * @property {typeof import('../common/api.mjs').call} call
 * @property {Pick<import('../common/stored.mjs').Stored, 'read' | 'write' | 'remove'>} stored shared by the tabs
 * @property {Pick<import('./tabs.mjs').Tabs, 'exclusively' | 'stay' | 'leave' | 'areSignedIn'>} tabs
 * @property {() => number} now
 */
export class Session {
  /** @type {Pair | null} */
  #pair = null;
  /** @type {Promise<void> | null} */
  #renewing = null;
  #isShared = false;
  /** Of a sign-in that waits for a code; opens nothing by itself. */
  #pending = '';
  #deps;

  /** @param {SessionDeps} deps */
  constructor(deps) {
    this.#deps = deps;
  }

  get isSignedIn() {
    return this.#pair !== null;
  }

  /** Takes up the sign-in of this browser, if there is one that a tab still uses. */
  async restore() {
    const { stored, tabs, now } = this.#deps;
    const pair = this.#stored();
    if (pair === undefined) return;
    if (pair.until > now() || (await tabs.areSignedIn())) this.#become(pair, true);
    else stored.remove(KEPT);
  }

  /**
   * @param {string} email
   * @param {string} password
   * @returns {Promise<'signed_in' | 'code_due'>} `code_due`: a second factor is asked for, see `showCode`
   */
  async signIn(email, password) {
    const answer = await this.#deps.call('POST', '/v1/sign-in', { body: { email, password, device: DEVICE } });
    if (answer.body.pending === undefined) {
      this.#take(answer);
      return 'signed_in';
    }
    this.#pending = answer.body.pending;
    return 'code_due';
  }

  /** @param {string} code of the app, or a backup code */
  async showCode(code) {
    const body = { pending: this.#pending, code, device: DEVICE };
    this.#take(await this.#deps.call('POST', '/v1/sign-in/second-factor', { body }));
    this.#pending = '';
  }

  /**
   * Begins a sign-in with the provider of one's company.
   *
   * @param {string} email
   * @param {{ fresh?: boolean, returnTo?: string }} [options] `fresh`: it asks for a proof whatever it remembers
   * @returns {Promise<string>} where the browser has to go now
   */
  async startWithProvider(email, options = {}) {
    const { body } = await this.#deps.call('POST', '/v1/sign-in/provider', { body: { email, ...options } });
    return body.redirectTo;
  }

  /**
   * Somebody has come back from their provider. What was signed in here before is signed out.
   *
   * @param {string} handOver
   */
  async takeHandOver(handOver) {
    const before = this.#stored();
    const body = { handOver, device: DEVICE };
    this.#take(await this.#deps.call('POST', '/v1/sign-in/provider/hand-over', { body }));
    if (before === undefined) return;
    // The new sign-in counts, whether or not the old one could be ended: it ends by itself.
    await this.#deps.call('POST', '/v1/sign-out', { token: before.accessToken }).catch(() => undefined);
  }

  /** A token with enough life left; rejects with `Refusal`, after which `isSignedIn` says whether to try again. */
  async token() {
    if (this.freshForMs <= 0) await (this.#renewing ??= this.#renew());
    return this.#signedIn().accessToken;
  }

  /** Negative once the token should be renewed. The machine's clock may be wrong, but it runs as fast as the server's. */
  get freshForMs() {
    return this.#pair === null ? -1 : this.#pair.freshUntil - this.#deps.now();
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @param {string} [key] the request's `Idempotency-Key`
   * @returns {Promise<any>}
   */
  async call(method, path, body, key) {
    const token = await this.token();
    return (await this.#deps.call(method, path, { body, token, ...(key !== undefined && { key }) })).body;
  }

  /**
   * Another tab has changed what this browser keeps.
   *
   * @param {string | null} key null: everything was cleared
   * @returns {'ended' | 'replaced' | 'found' | 'same'} what that means for this tab
   */
  heardOfChange(key) {
    if (key !== KEPT && key !== null) return 'same';
    const pair = this.#stored();
    if (this.#pair === null) {
      if (pair === undefined) return 'same';
      this.#become(pair, true);
      return 'found';
    }
    if (pair === undefined) return this.#isShared ? 'ended' : 'same';
    if (pair.sessionId !== this.#pair.sessionId) return 'replaced';
    this.#become(pair, true);
    return 'same';
  }

  /** Ends it for all tabs at once, whether or not the platform can be told. */
  async signOut() {
    const token = await this.token().catch(() => this.#pair?.accessToken);
    this.forget();
    await this.#deps.call('POST', '/v1/sign-out', token === undefined ? {} : { token });
  }

  /** The sign-in is worth nothing any more, in no tab. */
  forget() {
    if (this.#pair !== null && this.#stored()?.sessionId === this.#pair.sessionId) this.#deps.stored.remove(KEPT);
    this.leave();
  }

  /** This tab is not signed in any more; what others have stays theirs. */
  leave() {
    this.#pair = null;
    this.#isShared = false;
    this.#deps.tabs.leave();
  }

  /** One tab renews, the others find what it got; a lost reply may be asked for again with the same renewal. */
  async #renew() {
    try {
      await this.#deps.tabs.exclusively(async () => {
        this.#adopt();
        if (this.freshForMs > 0) return;
        const { refreshToken } = this.#signedIn();
        this.#take(await this.#deps.call('POST', '/v1/sign-in/renew', { body: { refreshToken, device: DEVICE } }));
      });
    } catch (refusal) {
      if (!isPassing(refusal)) this.forget();
      throw refusal;
    } finally {
      this.#renewing = null;
    }
  }

  /** A tab that slept holds a renewal that another tab has used since. */
  #adopt() {
    const pair = this.#stored();
    const own = this.#signedIn();
    if (pair?.sessionId === own.sessionId && pair.freshUntil > own.freshUntil) this.#become(pair, true);
  }

  /** @param {{ body: any, saidAt: number }} answer */
  #take({ body: { sessionId, accessToken, accessUntil, refreshToken }, saidAt }) {
    const lifeMs = Date.parse(accessUntil) - saidAt;
    const now = this.#deps.now();
    const pair = { sessionId, accessToken, refreshToken, freshUntil: now + WORN * lifeMs, until: now + lifeMs };
    this.#become(pair, this.#deps.stored.write(KEPT, pair));
  }

  /**
   * @param {Pair} pair
   * @param {boolean} isShared
   */
  #become(pair, isShared) {
    this.#pair = pair;
    this.#isShared = isShared;
    this.#deps.tabs.stay();
  }

  #signedIn() {
    if (this.#pair === null) throw new Error('Your sign-in has ended. Sign in again.');
    return this.#pair;
  }

  /** What somebody else wrote there, or an older page, is no sign-in. */
  #stored() {
    const kept = this.#deps.stored.read(KEPT);
    return isPair(kept) ? kept : undefined;
  }
}

/**
 * @param {unknown} kept
 * @returns {kept is Pair}
 */
function isPair(kept) {
  if (typeof kept !== 'object' || kept === null) return false;
  const { sessionId, accessToken, refreshToken, freshUntil, until } = /** @type {Record<string, unknown>} */ (kept);
  return (
    [sessionId, accessToken, refreshToken].every((text) => typeof text === 'string') &&
    [freshUntil, until].every((instant) => typeof instant === 'number')
  );
}

/** @param {unknown} failure */
const isPassing = (failure) => /** @type {{ isPassing?: boolean }} */ (failure).isPassing === true;
