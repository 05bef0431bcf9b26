import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../common/api.mjs';
import { Session } from './session.mjs';

const START = Date.parse('2026-03-02T09:00:00Z');
const LIFE_MS = 900_000;

/** A browser: what its tabs share, and a platform that renews each token once. */
class Browser {
  now = START;
  readonly kept = new Map<string, unknown>();
  readonly calls: string[] = [];
  readonly signedIn = new Set<object>();
  isBlocked = false;
  asksForCode = false;
  failure: Refusal | null = null;
  #newest = 0;
  #used = new Set<string>();
  #turn: Promise<unknown> = Promise.resolve();

  tab(): Session {
    const presence = {};
    const stored = {
      read: (key: string) => (this.isBlocked ? undefined : structuredClone(this.kept.get(key))),
      write: (key: string, value: unknown) => {
        if (this.isBlocked) return false;
        this.kept.set(key, structuredClone(value));
        return true;
      },
      remove: (key: string) => void (this.isBlocked || this.kept.delete(key)),
    };
    const tabs = {
      exclusively: <T>(work: () => Promise<T>): Promise<T> => {
        const turn = this.#turn.then(work);
        this.#turn = turn.catch(() => undefined);
        return turn;
      },
      stay: () => void this.signedIn.add(presence),
      leave: () => void this.signedIn.delete(presence),
      areSignedIn: async () => await Promise.resolve(this.signedIn.size > 0),
    };
    return new Session({ call: this.#call, stored, tabs, now: () => this.now });
  }

  readonly #call = async (method: string, path: string, options: { body?: unknown } = {}): Promise<never> => {
    await Promise.resolve();
    this.calls.push(`${method} ${path}`);
    if (this.asksForCode && path === '/v1/sign-in') return { saidAt: START, body: { pending: 'pending' } } as never;
    if (this.failure !== null) throw this.failure;
    const { refreshToken = '' } = Object(options.body) as { refreshToken?: string };
    if (this.#used.has(refreshToken)) throw new Refusal('refresh_reused', 'Used before.', 401);
    this.#used.add(refreshToken === '' ? 'none' : refreshToken);
    const number = (this.#newest += 1);
    return {
      saidAt: START,
      body: {
        sessionId: path === '/v1/sign-in' ? `session ${number}` : 'session 1',
        accessToken: `access ${number}`,
        refreshToken: `renewal ${number}`,
        accessUntil: new Date(START + LIFE_MS).toISOString(),
      },
    } as never;
  };
}

async function signedIn(browser: Browser): Promise<Session> {
  const tab = browser.tab();
  await tab.signIn('dana@acme.example', 'secret');
  return tab;
}

void test('AU-14 a tab that is opened beside a signed-in one is signed in', async () => {
  const browser = new Browser();
  const first = await signedIn(browser);
  const second = browser.tab();
  await second.restore();
  assert.equal(await second.token(), await first.token());
  assert.deepEqual(browser.calls, ['POST /v1/sign-in']);
});

void test('AU-14 whoever has a second factor is signed in with its code, and not before', async () => {
  const browser = new Browser();
  browser.asksForCode = true;
  const tab = browser.tab();
  assert.equal(await tab.signIn('dana@acme.example', 'secret'), 'code_due');
  assert.deepEqual([tab.isSignedIn, browser.kept.size], [false, 0]);
  await tab.showCode('123456');
  assert.deepEqual([tab.isSignedIn, await tab.token()], [true, 'access 1']);
  assert.deepEqual(browser.calls, ['POST /v1/sign-in', 'POST /v1/sign-in/second-factor']);
});

void test('AU-14 of two tabs whose token wears out at once, one renews it and the other takes what it got', async () => {
  const browser = new Browser();
  const first = await signedIn(browser);
  const second = browser.tab();
  await second.restore();
  browser.now += 0.8 * LIFE_MS;
  assert.deepEqual(await Promise.all([first.token(), second.token()]), ['access 2', 'access 2']);
  assert.deepEqual(browser.calls, ['POST /v1/sign-in', 'POST /v1/sign-in/renew']);
});

void test('AU-14 a tab that slept through renewals does not show an old one', async () => {
  const browser = new Browser();
  const first = await signedIn(browser);
  const asleep = browser.tab();
  await asleep.restore();
  browser.now += 0.8 * LIFE_MS;
  await first.token();
  browser.now += 0.8 * LIFE_MS;
  await first.token();
  browser.now += 1;
  assert.equal(await asleep.token(), 'access 3');
});

void test('AU-14 a token is renewed at four fifths of its life, not before', async () => {
  const browser = new Browser();
  const tab = await signedIn(browser);
  browser.now += 0.8 * LIFE_MS - 1;
  assert.equal(await tab.token(), 'access 1');
  browser.now += 1;
  assert.equal(await tab.token(), 'access 2');
});

void test('AU-14 signing out in one tab ends the others', async () => {
  const browser = new Browser();
  const first = await signedIn(browser);
  const second = browser.tab();
  await second.restore();
  await first.signOut();
  assert.equal(first.isSignedIn, false);
  assert.equal(second.heardOfChange('sign-in'), 'ended');
  const third = browser.tab();
  await third.restore();
  assert.equal(third.isSignedIn, false);
});

void test('AU-14 signing out holds for all tabs although the platform cannot be told', async () => {
  const browser = new Browser();
  const tab = await signedIn(browser);
  browser.failure = new Refusal('unreachable', 'Not now.');
  await assert.rejects(tab.signOut(), { code: 'unreachable' });
  assert.equal(tab.isSignedIn, false);
  assert.equal(browser.kept.size, 0);
});

void test('AU-14 a tab at the door is let in when another one signs in', async () => {
  const browser = new Browser();
  const atTheDoor = browser.tab();
  await atTheDoor.restore();
  await signedIn(browser);
  assert.equal(atTheDoor.heardOfChange('sign-in'), 'found');
  assert.equal(await atTheDoor.token(), 'access 1');
});

void test('AU-14 a tab does not become somebody else', async () => {
  const browser = new Browser();
  const first = await signedIn(browser);
  await signedIn(browser);
  assert.equal(first.heardOfChange('sign-in'), 'replaced');
  first.forget();
  assert.equal(browser.kept.size, 1);
});

void test('AU-14 what no tab uses any more is not taken up, and removed', async () => {
  const browser = new Browser();
  const tab = await signedIn(browser);
  tab.leave();
  browser.now += LIFE_MS;
  const later = browser.tab();
  await later.restore();
  assert.equal(later.isSignedIn, false);
  assert.equal(browser.kept.size, 0);
});

void test('AU-14 a tab that is reloaded goes on, however short its token has to live', async () => {
  const browser = new Browser();
  const tab = await signedIn(browser);
  tab.leave();
  browser.now += LIFE_MS - 1;
  const reloaded = browser.tab();
  await reloaded.restore();
  assert.equal(reloaded.isSignedIn, true);
});

void test('AU-14 after a sleep a new tab goes on with a sign-in that another tab still holds', async () => {
  const browser = new Browser();
  await signedIn(browser);
  browser.now += 10 * LIFE_MS;
  const opened = browser.tab();
  await opened.restore();
  assert.equal(opened.isSignedIn, true);
});

void test('AU-14 a refused renewal ends the sign-in for all tabs, one that cannot be had now ends nothing', async () => {
  const browser = new Browser();
  const tab = await signedIn(browser);
  browser.now += LIFE_MS;
  browser.failure = new Refusal('store_unavailable', 'Not now.', 503);
  await assert.rejects(tab.token(), { code: 'store_unavailable' });
  assert.equal(tab.isSignedIn, true);
  browser.failure = new Refusal('session_ended', 'Ended.', 401);
  await assert.rejects(tab.token(), { code: 'session_ended' });
  assert.equal(tab.isSignedIn, false);
  assert.equal(browser.kept.size, 0);
});

void test('AU-14 with storage blocked each tab has a sign-in of its own', async () => {
  const browser = new Browser();
  browser.isBlocked = true;
  const first = await signedIn(browser);
  const second = browser.tab();
  await second.restore();
  assert.equal(second.isSignedIn, false);
  assert.equal(first.heardOfChange('sign-in'), 'same');
  browser.now += 0.8 * LIFE_MS;
  assert.equal(await first.token(), 'access 2');
});

for (const [name, kept] of [
  ['nothing', undefined],
  ['a text', 'signed in'],
  ['an older shape', { accessToken: 'a', refreshToken: 'b', freshUntil: 1 }],
  ['without tokens', { sessionId: 'session 1', freshUntil: Infinity, until: Infinity }],
  ['numbers for tokens', { sessionId: 1, accessToken: 1, refreshToken: 1, freshUntil: 1, until: Infinity }],
] as const) {
  void test(`AU-14 what is kept and is no sign-in is left alone: ${name}`, async () => {
    const browser = new Browser();
    browser.kept.set('sign-in', kept);
    const tab = browser.tab();
    await tab.restore();
    assert.equal(tab.isSignedIn, false);
  });
}
