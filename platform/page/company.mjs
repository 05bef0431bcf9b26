import { CompanyAudit } from './company/company-audit.mjs';
import { CompanyFactor } from './company/company-factor.mjs';
import { CompanyKeys } from './company/company-keys.mjs';
import { CompanyPeople } from './company/company-people.mjs';
import { CompanySignOn } from './company/company-sign-on.mjs';
import { find } from './common/dom.mjs';
import { enterBesideChat, tell } from './session/beside-chat.mjs';
import { FreshProof } from './session/fresh-proof.mjs';

await enterBesideChat(async (session, me) => {
  // All that is open until then is one's own account.
  if (me.secondFactor === 'due') return location.assign('/page/account.html');
  find('h1').textContent = me.company;
  const may = (/** @type {string} */ right) => me.permissions.includes(right);
  if (!may('people:manage')) return tell('This page is for administrators of your company.');
  find('nav').hidden = false;
  const proof = new FreshProof(session, me);
  const deps = { session, proof, me, may, names: new Map() };
  // First, because the others call people by their names.
  await new CompanyPeople(deps).show();
  /** @type {{ show(): Promise<void> }[]} */
  const parts = [new CompanyFactor(deps), new CompanyKeys(deps), new CompanyAudit(deps)];
  if (may('sso:manage')) parts.push(new CompanySignOn(deps));
  else find('nav [href="#sign-on"]').remove();
  await Promise.all(parts.map((part) => part.show()));
});
