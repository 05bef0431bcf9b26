import { find, refuse } from './dom.js';
import { Line } from './line.js';
import { Session } from './session.js';
import { ThreadList } from './thread-list.js';
import { ThreadView } from './thread-view.js';

const signIn = find('#sign-in');
const chat = find('#chat');
const session = new Session();
const line = new Line(session, {
  event: (event) => view.hear(event),
  control: (message) => view.control(message),
  state: showConnection,
  over: () => leave('Your sign-in has ended. Sign in again to go on where you were.'),
});
const view = new ThreadView(session, line);
const list = new ThreadList(session);

find('form', signIn).addEventListener('submit', async (submit) => {
  submit.preventDefault();
  const { email, password } = submit.target.elements;
  refuse(signIn);
  try {
    await session.signIn(email.value, password.value);
    submit.target.reset();
    await enter();
  } catch (refusal) {
    refuse(signIn, refusal.message);
    password.select();
  }
});

find('#sign-out').addEventListener('click', async () => {
  line.close();
  const words = await session.signOut().then(
    () => 'You have signed out.',
    ({ message }) => `You have signed out here, but the server could not be told. ${message}`,
  );
  location.hash = '';
  leave(words);
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

function leave(why) {
  line.close();
  session.forget();
  view.show();
  list.clear();
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
  try {
    const thread = await session.call('GET', `/v1/threads/${encodeURIComponent(threadId)}`);
    if (location.hash.slice(1) === threadId) view.show(thread);
  } catch (refusal) {
    if (session.isSignedIn) view.showNothing(refusal.message);
    else leave(refusal.message);
  }
}

function showConnection(is, inMs) {
  const words = {
    connecting: 'Connecting',
    live: 'Live',
    lost: `Connection lost, trying again ${inMs < 1_000 ? 'now' : `in ${Math.ceil(inMs / 1_000)} s`}`,
  };
  const place = find('#connection');
  place.className = is;
  place.textContent = words[is];
}
