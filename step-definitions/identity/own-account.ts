import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { eventually } from '../../world/eventually';
import type { Person, Tab } from '../../world/actors/person';
import type { Tenant } from '../../world/actors/tenant';
import type { RevenueWorld } from '../../world/revenue-world';

When(
  '{person} looks at her devices on {tab}, and signs out {tab} there',
  function (this: RevenueWorld, person: Person, { name: on }: Tab, { name: other }: Tab) {
    return this.ownAccount.lookAndSignOut(person.session(on), person.session(other));
  },
);

Then('she was shown the devices {string} and {string}', function (this: RevenueWorld, one: string, other: string) {
  expect(this.ownAccount.devices).to.have.members([one, other]);
});

When('{person} signs out all other devices on {tab}', (person: Person, { name }: Tab) =>
  person.session(name).signOutOthers(),
);

Then(
  "the newest that {person}'s account tells her on {tab} is {string}, by {word}( colleague)",
  async function (this: RevenueWorld, person: Person, { name }: Tab, what: string, who: string) {
    const by = who === 'a' ? 'a colleague' : who;
    expect(await this.ownAccount.newest(person.session(name))).to.deep.equal({ what, by });
  },
);

Given('{tenant} asks everybody for a second factor', async function (this: RevenueWorld, tenant: Tenant) {
  await this.companySettings.set(this.cast.administratorOf(tenant.name), { 'identity.secondFactorRequired': true });
});

Then(
  'calls and live connection refuse {person} because {refusal}',
  async function (this: RevenueWorld, p: Person, code: string) {
    expect(await this.ownAccount.tryToChat(p)).to.deep.equal([code, code]);
  },
);

Then(
  'within {duration} calls and live connection of {tab} end because {refusal}',
  (limitMs: number, { person, name }: Tab, code: string) =>
    eventually(async () => expect(await person.session(name).chatIs()).to.deep.equal([code, code]), limitMs),
);

Then('the page leads {person} to setting one up', function (this: RevenueWorld, person: Person) {
  return this.pages.of(person).leadsToSecondFactor();
});

Then('once she has set up a second factor, {person} may use the chat', async function (this: RevenueWorld, p: Person) {
  await this.factors.setUp(p);
  expect(await this.ownAccount.tryToChat(p)).to.deep.equal(['done', 'admitted']);
});

Then('{person} may use the chat without another one', async function (this: RevenueWorld, _: Person) {
  expect(await this.singleSignOn.mayChat()).to.equal(true);
});

Given('{person} has opened the page of her account', function (this: RevenueWorld, person: Person) {
  return this.companyPages.openAccount(person);
});

When('she signs out {string} there', function (this: RevenueWorld, device: string) {
  return this.companyPages.account.signOut(device);
});

Then('the page says that {string}', async function (this: RevenueWorld, sentence: string) {
  await eventually(async () => expect(await this.companyPages.account.newest()).to.equal(sentence));
});

When(
  '{person} signs in on the page, and sets up the second factor that it asks for',
  function (this: RevenueWorld, person: Person) {
    return this.companyPages.signInWithSetUp(person);
  },
);

Then('she is shown {int} backup codes', async function (this: RevenueWorld, count: number) {
  expect(await this.companyPages.account.backupCodes()).to.equal(count);
});

Then('the chat is open to her', function (this: RevenueWorld) {
  return this.companyPages.account.goToChat();
});

Then('nothing is cut off on a phone', async function (this: RevenueWorld) {
  await this.companyPages.page.turnToPhone();
  expect(await this.companyPages.page.cutOff()).to.deep.equal([]);
});
