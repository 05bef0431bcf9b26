import { AccountActivity } from './account/account-activity.mjs';
import { AccountDevices } from './account/account-devices.mjs';
import { AccountFactor } from './account/account-factor.mjs';
import { AccountPassword } from './account/account-password.mjs';
import { find } from './common/dom.mjs';
import { enterBesideChat } from './session/beside-chat.mjs';
import { FreshProof } from './session/fresh-proof.mjs';

/**
 * @typedef {object} AccountDeps
 * @property {import('./session/session.mjs').Session} session
 * @property {FreshProof} proof
 * @property {import('./types.ts').Me} me
 * @property {() => Promise<void>} changed something happened to the account, and other devices may be out
 */

await enterBesideChat(async (session, me) => {
  find('nav').hidden = false;
  const proof = new FreshProof(session, me);
  const deps = { session, proof, me, changed: () => showAgain() };
  const [devices, activity] = [new AccountDevices(deps), new AccountActivity(deps)];
  const showAgain = async () => {
    await Promise.all([devices.show(), activity.show()]);
  };
  new AccountFactor(deps).show();
  // Whoever comes in with their company's provider has no password here.
  if (me.methods.includes('sso')) find('nav [href="#password"]').remove();
  else new AccountPassword(deps).show();
  await showAgain();
});
