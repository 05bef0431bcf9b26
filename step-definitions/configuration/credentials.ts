import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Person } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';

Given('operators have read its health, its metrics and its report', function (this: RevenueWorld) {
  return this.shownCredentials.readEverything();
});

Then('no credential of the platform stands in what they have read, nor in its log', function (this: RevenueWorld) {
  expect(this.shownCredentials.found()).to.deep.equal([]);
});

When(
  '{person} sets a model key there, and another one that is refused',
  async function (this: RevenueWorld, person: Person) {
    const { url } = this.operations.serving();
    await this.shownCredentials.plant(this.companySettings, person, url);
  },
);

Then(
  'neither key stands in the settings, in the history, in what operators have read, or in the log',
  function (this: RevenueWorld) {
    expect(this.shownCredentials.foundPlanted()).to.deep.equal([]);
  },
);
