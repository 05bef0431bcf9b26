import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Person } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';

Given("{person} has opened her company's page", function (this: RevenueWorld, person: Person) {
  return this.companyPages.open(person);
});

When(
  '{person} adds a colleague there, makes him administrator and removes him',
  async function (this: RevenueWorld, person: Person) {
    this.companyPages.lists = await this.companyPages.bringAndRemoveColleague(person);
  },
);

Then('meanwhile the page listed {string} and {string}', function (this: RevenueWorld, one: string, other: string) {
  expect(this.companyPages.lists.map((people) => people[1])).to.deep.equal([one, other]);
});

Then('the page lists {string} alone', async function (this: RevenueWorld, person: string) {
  expect(await this.companyPages.page.people(1)).to.deep.equal([person]);
});

When('{person} makes an API key there', async function (this: RevenueWorld, _: Person) {
  this.companyPages.secret = await this.companyPages.page.makeKey('Nightly report', 'usage:read');
});

Then(
  'the secret that she is shown lets a program in, until she revokes the key there',
  async function (this: RevenueWorld) {
    expect(await this.companyPages.programIs()).to.equal('let in');
    await this.companyPages.page.revokeKey('Nightly report');
    expect(await this.companyPages.programIs()).to.equal('token_invalid');
  },
);

When('{person} verifies the audit trail there', function (this: RevenueWorld, _: Person) {
  return this.companyPages.verify();
});

Then('the page says that all {int} entries are intact', function (this: RevenueWorld, count: number) {
  expect(this.companyPages.verdict).to.equal(`All ${count} entries are intact.`);
});

Then('nothing on it is a serious barrier to anybody', async function (this: RevenueWorld) {
  expect(await this.companyPages.page.barriers()).to.deep.equal([]);
  expect(this.companyPages.page.errors).to.deep.equal([]);
});

When('{person} turns to a screen as narrow as a phone', function (this: RevenueWorld, _: Person) {
  return this.companyPages.page.turnToPhone();
});

Then('neither this page nor the chat is cut off there', async function (this: RevenueWorld) {
  expect(await this.companyPages.page.cutOff()).to.deep.equal([]);
  await this.companyPages.page.openChat();
  expect(await this.companyPages.page.cutOff()).to.deep.equal([]);
});

When('{person} signs in on the page as an administrator does', function (this: RevenueWorld, person: Person) {
  return this.companyPages.signIn(person);
});

Then("the page leads {person} to no company's page", async function (this: RevenueWorld, _: Person) {
  expect(await this.companyPages.page.hasLink()).to.equal(false);
});

When('{person} claims and proves another domain there', function (this: RevenueWorld, person: Person) {
  return this.companyPages.proveDomain(`other-${person.tenant.suffix}.example`);
});

Then('the page says that the domain is proven', async function (this: RevenueWorld) {
  expect(await this.companyPages.stateOfDomain()).to.match(/^Proven on /);
});

When("{person} signs in on the page with her company's provider", function (this: RevenueWorld, person: Person) {
  return this.companyPages.signInWithProvider(person);
});

When(
  "somebody whom it does not know signs in on the page with {person}'s provider",
  function (this: RevenueWorld, person: Person) {
    return this.companyPages.signInWithProvider(person, 'nobody');
  },
);

Then('the page is live, and its address holds no code', async function (this: RevenueWorld) {
  await this.companyPages.page.isLive();
  expect(this.companyPages.page.address).to.match(/\/$/);
});

Then('the page there says {string}', async function (this: RevenueWorld, sentence: string) {
  expect(await this.companyPages.page.refusal()).to.equal(sentence);
});
