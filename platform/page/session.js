import { call } from './api.js';

const DEVICE = 'chat page';
const KEPT = 'sign-in';
const SIGNED_OUT = 'signed-out-at';
/** A token is renewed when this much of its life is over. */
const WORN = 0.8;

/**
 * One sign-in of one tab. Its tokens live in this tab's memory. Only while the tab reloads do they wait in its
 * sessionStorage: kept there for longer, a duplicate of the tab would hold them too, and two tabs that show the same
 * renewal look like a theft, which ends the sign-in.
 */
export class Session {
  #pair = null;
  #renewing = null;

  /** @param onSignedOutElsewhere another tab of this browser was signed out: this one is to end its own sign-in. */
  constructor(onSignedOutElsewhere) {
    addEventListener('pagehide', () => {
      if (this.#pair !== null) sessionStorage.setItem(KEPT, JSON.stringify(this.#pair));
    });
    addEventListener('pageshow', () => sessionStorage.removeItem(KEPT));
    addEventListener('storage', ({ key }) => key === SIGNED_OUT && this.isSignedIn && onSignedOutElsewhere());
    this.#pair = JSON.parse(sessionStorage.getItem(KEPT));
  }

  get isSignedIn() {
    return this.#pair !== null;
  }

  async signIn(email, password) {
    this.#take(await call('POST', '/v1/sign-in', { body: { email, password, device: DEVICE } }));
  }

  /** A token with enough life left; rejects with `Refusal`, after which `isSignedIn` says whether to try again. */
  async token() {
    if (this.freshForMs <= 0) await (this.#renewing ??= this.#renew());
    return this.#pair.accessToken;
  }

  /** Negative once the token should be renewed. The machine's clock may be wrong, but it runs as fast as the server's. */
  get freshForMs() {
    return this.#pair.freshUntil - Date.now();
  }

  async call(method, path, body) {
    const { body: answer } = await call(method, path, { body, token: await this.token() });
    return answer;
  }

  /** Tells all other tabs of this browser, each of which has a sign-in of its own, to end theirs. */
  endElsewhere() {
    localStorage.setItem(SIGNED_OUT, new Date().toISOString());
  }

  async signOut() {
    await this.call('POST', '/v1/sign-out');
    this.forget();
  }

  forget() {
    this.#pair = null;
  }

  /** A lost reply may be asked for again with the same renewal. */
  async #renew() {
    try {
      const { refreshToken } = this.#pair;
      this.#take(await call('POST', '/v1/sign-in/renew', { body: { refreshToken, device: DEVICE } }));
    } catch (refusal) {
      if (!refusal.isPassing) this.forget();
      throw refusal;
    } finally {
      this.#renewing = null;
    }
  }

  #take({ body: { accessToken, accessUntil, refreshToken }, saidAt }) {
    const lifeMs = Date.parse(accessUntil) - saidAt;
    this.#pair = { accessToken, refreshToken, freshUntil: Date.now() + WORN * lifeMs };
  }
}
