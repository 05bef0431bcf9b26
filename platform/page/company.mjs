import { call } from './common/api.mjs';
import { arrive } from './session/arrival.mjs';
import { CompanyAudit } from './company/company-audit.mjs';
import { CompanyKeys } from './company/company-keys.mjs';
import { CompanyPeople } from './company/company-people.mjs';
import { CompanySignOn } from './company/company-sign-on.mjs';
import { find, messageOf } from './common/dom.mjs';
import { FreshProof } from './session/fresh-proof.mjs';
import { Session } from './session/session.mjs';
import { Stored } from './common/stored.mjs';
import { Tabs } from './session/tabs.mjs';

/** @typedef {import('./types.ts').Me} Me */

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
  if (session.isSignedIn) await enter();
  if (refused !== null) tell(refused);
  else if (!session.isSignedIn) location.assign('/');
} catch (failure) {
  tell(messageOf(failure));
}

async function enter() {
  /** @type {Me} */
  const me = await session.call('GET', '/v1/me');
  find('#who').textContent = `${me.name}, ${me.company}`;
  find('h1').textContent = me.company;
  const may = (/** @type {string} */ right) => me.permissions.includes(right);
  if (!may('people:manage')) return tell('This page is for administrators of your company.');
  find('nav').hidden = false;
  const proof = new FreshProof(session, me);
  const deps = { session, proof, me, may, names: new Map() };
  // First, because the others call people by their names.
  await new CompanyPeople(deps).show();
  /** @type {{ show(): Promise<void> }[]} */
  const parts = [new CompanyKeys(deps), new CompanyAudit(deps)];
  if (may('sso:manage')) parts.push(new CompanySignOn(deps));
  else find('nav [href="#sign-on"]').remove();
  await Promise.all(parts.map((part) => part.show()));
}

/** @param {string} why */
function tell(why) {
  find('#nobody').textContent = why;
}
