import { find, refuse } from './dom.js';
import { Line } from './line.js';
import { Session } from './session.js';
import { ThreadList } from './thread-list.js';
import { ThreadView } from './thread-view.js';
import { Unsaid } from './unsaid.js';
import { troubleWords } from './words.js';

const ENDED = 'Your sign-in has ended. Sign in again to go on where you were.';
const signIn = find('#sign-in');
const chat = find('#chat');
const trouble = find('#trouble');
const session = new Session(() => signOut('You have signed out in another tab.'));
const unsaid = new Unsaid();
const line = new Line(session, {
  event: (event) => view.hear(event),
  control: hearControl,
  state: showConnection,
  over: () => leave(trouble.dataset.code === 'access_revoked' ? trouble.textContent : ENDED),
});
const view = new ThreadView(session, line, unsaid);
const list = new ThreadList(session);

find('form', signIn).addEventListener('submit', async (submit) => {
  submit.preventDefault();
  const { email, password } = submit.target.elements;
  refuse(signIn);
  submit.submitter.disabled = true;
  try {
    await session.signIn(email.value, password.value);
    submit.target.reset();
    await enter();
  } catch (refusal) {
    refuse(signIn, refusal.message);
    password.select();
  } finally {
    submit.submitter.disabled = false;
  }
});

find('#sign-out').addEventListener('click', () => {
  session.endElsewhere();
  return signOut('You have signed out.');
});

addEventListener('hashchange', () => session.isSignedIn && openThread());

if (session.isSignedIn) await enter().catch(({ message }) => leave(message));
else leave();

async function enter() {
  const { name, company } = await session.call('GET', '/v1/me');
  find('#who').textContent = `${name}, ${company}`;
  signIn.hidden = true;
  chat.hidden = false;
  void line.open();
  await Promise.all([list.load(), openThread()]);
}

async function signOut(words) {
  line.close();
  const told = await session.signOut().then(
    () => words,
    ({ message }) => `You have signed out here, but the server could not be told. ${message}`,
  );
  location.hash = '';
  leave(told);
}

function leave(why) {
  line.close();
  session.forget();
  unsaid.forget();
  view.show();
  list.clear();
  showTrouble();
  chat.hidden = true;
  signIn.hidden = false;
  refuse(signIn, why);
  find('input', signIn).focus();
}

async function openThread() {
  const threadId = location.hash.slice(1);
  chat.classList.toggle('reads', threadId !== '');
  list.mark(threadId);
  if (threadId === '') return view.show();
  // What is listed can be opened without a line as well: what is written there is kept until there is one.
  const title = list.titleOf(threadId);
  if (title !== undefined) return view.show({ threadId, title });
  try {
    const thread = await session.call('GET', `/v1/threads/${encodeURIComponent(threadId)}`);
    if (location.hash.slice(1) === threadId) view.show(thread);
  } catch (refusal) {
    if (session.isSignedIn) view.showNothing(refusal.message);
    else leave(refusal.message);
  }
}

function hearControl(message) {
  const { type, threadId, data } = message;
  if (type !== 'error') showTrouble();
  else if (threadId === null && data.ref === undefined) showTrouble(data);
  view.control(message);
}

/** What is the matter with the line itself stands until the platform has something better to say. */
function showTrouble(error) {
  trouble.dataset.code = error?.code ?? '';
  trouble.textContent = error === undefined ? '' : troubleWords(error);
}

function showConnection(is, inMs) {
  view.showUnsent();
  const words = {
    connecting: 'Connecting',
    live: 'Live',
    lost: `Connection lost, trying again ${inMs < 1_000 ? 'now' : `in ${Math.ceil(inMs / 1_000)} s`}`,
  };
  const place = find('#connection');
  place.className = is;
  place.textContent = words[is];
}
