import { call } from '../common/api.mjs';
import { find, messageOf } from '../common/dom.mjs';
import { Stored } from '../common/stored.mjs';
import { arrive } from './arrival.mjs';
import { Session } from './session.mjs';
import { Tabs } from './tabs.mjs';

/** @typedef {import('../types.ts').Me} Me */

/**
 * For pages beside the chat: takes up the sign-in of this browser, and goes to the chat page where there is none.
 *
 * @param {(session: Session, me: Me) => Promise<void>} enter what the page shows to whoever is signed in
 */
export async function enterBesideChat(enter) {
  const session = new Session({
    call,
    stored: new Stored(() => localStorage),
    tabs: new Tabs(navigator.locks),
    now: () => Date.now(),
  });
  addEventListener('storage', ({ key, storageArea }) => {
    if (storageArea === localStorage && session.heardOfChange(key) !== 'same') location.assign('/');
  });
  try {
    const replaceAddress = (/** @type {string} */ address) => history.replaceState(null, '', address);
    const refused = await arrive({ session, location, replaceAddress });
    if (!session.isSignedIn) await session.restore();
    if (session.isSignedIn) {
      /** @type {Me} */
      const me = await session.call('GET', '/v1/me');
      find('#who').textContent = `${me.name}, ${me.company}`;
      // Ended here all the same where the platform cannot be told.
      find('#sign-out').onclick = () => session.signOut().finally(() => location.assign('/'));
      await enter(session, me);
    }
    if (refused !== null) tell(refused);
    else if (!session.isSignedIn) location.assign('/');
  } catch (failure) {
    tell(messageOf(failure));
  }
}

/** @param {string} why the page shows nothing, or less */
export function tell(why) {
  find('#nobody').textContent = why;
}
