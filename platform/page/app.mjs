import { call, Refusal } from './common/api.mjs';
import { arrive } from './session/arrival.mjs';
import { Connection } from './connection/connection.mjs';
import { attempt, find, findAs, messageOf, refuse } from './common/dom.mjs';
import { Drafts } from './asking/drafts.mjs';
import { Session } from './session/session.mjs';
import { SharedReportsView } from './threads/shared-reports-view.mjs';
import { StatusView } from './connection/status-view.mjs';
import { Stored } from './common/stored.mjs';
import { Tabs } from './session/tabs.mjs';
import { ThreadList } from './threads/thread-list.mjs';
import { ThreadSharing } from './threads/thread-sharing.mjs';
import { ThreadSwitch } from './threads/thread-switch.mjs';
import { ThreadTitle } from './threads/thread-title.mjs';
import { ThreadView } from './threads/thread-view.mjs';

/**
 * @typedef {import('./types.ts').ControlMessage} ControlMessage
 * @typedef {import('./types.ts').Me} Me
 */

const ENDED = 'Your sign-in has ended. Sign in again to go on where you were.';
/** The address of the place to begin a new thread, which a phone shows instead of the list. */
const NEW = 'new';
const ACCOUNT = '/page/account.html';
/** How a connection is closed once the company asks for a second factor that this person does not have. */
const FACTOR_MISSING = 'second_factor_missing';
const surroundings = {
  now: () => performance.now(),
  random: () => Math.random(),
  /**
   * @param {number} ms
   * @param {() => void} then
   */
  after(ms, then) {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
};

const signIn = find('#sign-in');
const chat = find('#chat');
const status = new StatusView();
const session = new Session({
  call,
  stored: new Stored(() => localStorage),
  tabs: new Tabs(navigator.locks),
  now: () => Date.now(),
});
const drafts = new Drafts(new Stored(() => sessionStorage), () => crypto.randomUUID());
/** @type {Me | null} */
let me = null;
/** @type {string | null} */
let connectionId = null;

const connection = new Connection(
  {
    session,
    surroundings,
    connect: (token) => /** @type {any} */ (new WebSocket('/v1/chat', ['chat.v1', `bearer.${token}`])),
  },
  {
    event: (event) => view.hear(event),
    control: hearControl,
    state: (is, inMs = 0) => {
      view.showUnsent();
      status.showConnection(is, inMs);
    },
    over: (reason) => {
      // The sign-in stands, and opens its person's account only.
      if (reason === FACTOR_MISSING) return location.assign(ACCOUNT);
      session.forget();
      leave(status.revocation ?? ENDED);
    },
  },
);
const title = new ThreadTitle({
  rename: async (thread, text) => {
    const renamed = await session.call('PATCH', `/v1/threads/${thread.threadId}`, { title: text });
    list.put(renamed);
    return renamed;
  },
  remove: async (thread) => {
    await session.call('DELETE', `/v1/threads/${thread.threadId}`);
    if (threadInAddress() === thread.threadId) location.hash = '';
    list.remove(thread.threadId);
  },
});
const sharing = new ThreadSharing(session);
const view = new ThreadView({
  session,
  connection,
  drafts,
  title,
  sharing,
  created: (thread) => {
    const isAtHome = view.threadId === null && threadInAddress() === null;
    list.put(thread);
    if (isAtHome) location.hash = thread.threadId;
  },
});
const list = new ThreadList(session, () => {
  showPlace();
  const open = view.threadId === null ? undefined : list.thread(view.threadId);
  if (open !== undefined) title.show(open);
});
const opening = new ThreadSwitch({
  listed: (threadId) => list.thread(threadId),
  load: (threadId) => session.call('GET', `/v1/threads/${encodeURIComponent(threadId)}`),
  show: (thread) => view.show(thread),
  failed: (failure) => {
    if (session.isSignedIn) view.showNothing(messageOf(failure));
    else leave(messageOf(failure));
  },
});
const reports = new SharedReportsView(session, (runId) => sharing.tookBack(runId));

const signInForm = findAs(HTMLFormElement, 'form', signIn);
const codeLabel = find('#code', signInForm);
signInForm.addEventListener('submit', async (submit) => {
  submit.preventDefault();
  const button = findAs(HTMLButtonElement, 'button', signInForm);
  const email = findAs(HTMLInputElement, '[name=email]', signInForm);
  const password = findAs(HTMLInputElement, '[name=password]', signInForm);
  const code = findAs(HTMLInputElement, '[name=code]', signInForm);
  const isCodeDue = !codeLabel.hidden;
  refuse(signIn);
  button.disabled = true;
  try {
    if (isCodeDue) await session.showCode(code.value);
    else if ((await session.signIn(email.value, password.value)) === 'code_due') {
      codeLabel.hidden = false;
      code.focus();
      return;
    }
    codeLabel.hidden = true;
    signInForm.reset();
    await enter();
  } catch (refusal) {
    refuse(signIn, messageOf(refusal));
    // A begun sign-in that is over starts again with the password.
    codeLabel.hidden = !isCodeDue || !(refusal instanceof Refusal) || refusal.code === 'one_time_secret_invalid';
    (codeLabel.hidden ? password : code).select();
  } finally {
    button.disabled = false;
  }
});

const withProvider = findAs(HTMLButtonElement, '#with-provider');
withProvider.addEventListener('click', () => {
  const email = findAs(HTMLInputElement, '[name=email]', signInForm);
  if (!email.reportValidity()) return;
  void attempt(signIn, withProvider, async () => location.assign(await session.startWithProvider(email.value)));
});

find('#sign-out').addEventListener('click', async () => {
  connection.close();
  const told = await session.signOut().then(
    () => 'You have signed out.',
    (failure) => `You have signed out here, but the server could not be told. ${messageOf(failure)}`,
  );
  location.hash = '';
  leave(told);
});

addEventListener('hashchange', () => session.isSignedIn && openThread());
addEventListener('online', () => wake());
addEventListener('visibilitychange', () => document.visibilityState === 'visible' && wake());
addEventListener('pagehide', () => drafts.keep());
addEventListener('pageshow', () => drafts.unkeep());
addEventListener('storage', ({ key, storageArea }) => {
  // Whoever listens to this has a localStorage that can be touched.
  if (storageArea !== localStorage) return;
  const change = session.heardOfChange(key);
  if (change === 'ended') leave('You have signed out in another tab.');
  if (change === 'replaced') leave('Somebody has signed in in another tab. Reload this one to go on there.');
  if (change === 'found') void tryToEnter();
});

await begin();

async function begin() {
  let refused = null;
  try {
    const replaceAddress = (/** @type {string} */ address) => history.replaceState(null, '', address);
    refused = await arrive({ session, location, replaceAddress });
  } catch (refusal) {
    refused = messageOf(refusal);
  }
  if (!session.isSignedIn) await session.restore();
  if (session.isSignedIn) await tryToEnter();
  else leave(refused ?? undefined);
}

async function tryToEnter() {
  try {
    await enter();
  } catch (failure) {
    leave(messageOf(failure));
  }
}

async function enter() {
  /** @type {Me} */
  const who = await session.call('GET', '/v1/me');
  // All that is open until then is one's own account.
  if (who.secondFactor === 'due') return location.assign(ACCOUNT);
  me = who;
  find('#who').textContent = `${who.name}, ${who.company}`;
  sharing.allow(who.permissions.includes('reports:publish') ? { company: who.company } : null);
  reports.enter(who);
  find('#company').hidden = !who.permissions.includes('people:manage');
  signIn.hidden = true;
  chat.hidden = false;
  void connection.open();
  await Promise.all([list.load(), openThread()]);
}

/**
 * This tab is not signed in any more; what it wrote does not outlast that.
 *
 * @param {string} [why]
 */
function leave(why) {
  connection.close();
  session.leave();
  drafts.forget();
  me = null;
  view.show(null);
  list.clear();
  reports.close();
  status.showTrouble();
  chat.hidden = true;
  signIn.hidden = false;
  refuse(signIn, why);
  find('input', signIn).focus();
}

/** @returns {string | null} */
function threadInAddress() {
  const address = location.hash.slice(1);
  return address === '' || address === NEW ? null : address;
}

/** A phone shows either the list or the place to read and ask; whoever has no thread is shown where to ask. */
function showPlace() {
  chat.classList.toggle('reads', location.hash.length > 1 || list.isEmpty);
}

function openThread() {
  const threadId = threadInAddress();
  showPlace();
  list.mark(threadId);
  return opening.open(threadId);
}

/** The tab was asleep or hidden: what happened elsewhere meanwhile may not have reached it. */
function wake() {
  connection.look();
  if (session.isSignedIn && me !== null) void list.load();
}

/** @param {ControlMessage} message */
function hearControl(message) {
  const { type, threadId, data } = message;
  if (type !== 'error') status.showTrouble();
  else if (threadId === null && data.ref === undefined) status.showTrouble(data);
  if (type === 'welcome' && connectionId !== data.connectionId) {
    // Threads that came and went while there was no connection were told to nobody here.
    if (connectionId !== null) void list.load();
    connectionId = data.connectionId;
  }
  if (type === 'thread_changed') {
    if (data.change === 'deleted' && threadId !== null) removed(threadId);
    void list.load();
  }
  view.control(message);
}

/** @param {string} threadId deleted in another tab */
function removed(threadId) {
  list.remove(threadId);
  if (view.threadId === threadId) view.showNothing('This thread was deleted.');
}
