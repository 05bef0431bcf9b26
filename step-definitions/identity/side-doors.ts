import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { phrases } from '../../support/phrases';
import { SHORTCUTS, type Shortcut } from '../../world/modules/auth/side-doors';
import type { Person } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';

phrases('shortcut', SHORTCUTS);

Given('an instance of the platform is serving that logs as much as it can', function (this: RevenueWorld) {
  return this.operations.serveOn({ LOG_LEVEL: 'trace' });
});

When("somebody comes in Dana's name with {shortcut}", function (this: RevenueWorld, shortcut: Shortcut) {
  return this.sideDoors.comeWith(shortcut, this.cast.lastNamed());
});

When("somebody shows an operator's key where customers come in", function (this: RevenueWorld) {
  return this.sideDoors.showOperatorKeyToCustomersPort();
});

When(
  '{person} signs in there, mistypes her password, renews her sign-in and signs out',
  function (this: RevenueWorld, person: Person) {
    return this.sideDoors.liveThrough(person);
  },
);

Then('they are taken for nobody, and learn nothing', function (this: RevenueWorld) {
  const { answers } = this.sideDoors;
  expect(answers.map(({ status }) => status)).to.deep.equal([401, 401]);
  expect(JSON.stringify(answers)).to.not.match(/Dana|Acme/);
});

Then('they find nothing of what operators do there', function (this: RevenueWorld) {
  expect(new Set(this.sideDoors.answers.map(({ status }) => status))).to.deep.equal(new Set([404]));
});

Then('the log of the instance holds neither her passwords nor her tokens', function (this: RevenueWorld) {
  expect(this.sideDoors.leaked()).to.deep.equal([]);
});
