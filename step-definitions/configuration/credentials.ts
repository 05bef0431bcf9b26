import { Given, Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { RevenueWorld } from '../../world/revenue-world';

Given('operators have read its health, its metrics and its report', function (this: RevenueWorld) {
  return this.shownCredentials.readEverything();
});

Then('no credential of the platform stands in what they have read, nor in its log', function (this: RevenueWorld) {
  expect(this.shownCredentials.found()).to.deep.equal([]);
});
