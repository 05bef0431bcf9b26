import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Person, Tab } from '../world/actors/person';
import type { RevenueWorld } from '../world/revenue-world';
import type { Tenant } from '../world/actors/tenant';

When('the operators suspend {tenant}', (tenant: Tenant) => tenant.suspend());

Given('the operators have suspended {tenant}, twice', async (tenant: Tenant) => {
  await tenant.suspend();
  await tenant.suspend();
});

When('the operators restore {tenant}, and {person} signs in on {tab}', async (tenant: Tenant, _: Person, tab: Tab) => {
  await tenant.restore();
  await tab.person.signInOn(tab.name);
});

Then('{tab} is let in', async ({ person, name }: Tab) => expect(await person.session(name).call()).to.equal('known'));

Then(
  'within {duration} calls, renewal and live connection of {tab} end because {refusal}, and it is told not to come back',
  async (limitMs: number, { person, name }: Tab, code: string) =>
    expect(await person.session(name).endWithin(limitMs, code)).to.deep.equal([code, code, 'closed with 4403']),
);

Then(
  '{person} cannot sign in, and is told {string}',
  async function (this: RevenueWorld, person: Person, sentence: string) {
    await this.intruder.signInAs(person.email, person.password);
    expect(this.intruder.told).to.equal(sentence);
    expect(this.intruder.gotToken).to.equal(false);
  },
);

When(
  'an administrator of {tenant} tries to suspend and restore {tenant}',
  async function (this: RevenueWorld, whose: Tenant, tenant: Tenant) {
    await tenant.tryToSuspend(await whose.administrator(await this.operationsUrl()), await tenant.id());
  },
);

When('an operator tries to suspend and restore a company that is not there', async function (this: RevenueWorld) {
  await this.cast.lastNamed().tenant.tryToSuspend(await this.operator(), this.connections.ids.next('tenant'));
});

Then('both are refused because {refusal}', function (this: RevenueWorld, code: string) {
  expect(this.cast.lastNamed().tenant.refusals).to.deep.equal([code, code]);
});
