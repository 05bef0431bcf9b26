import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { RevenueWorld } from '../world/revenue-world';

Given(
  'everything is safely set for production, except that {word} is {string}',
  function (this: RevenueWorld, variable: string, written: string) {
    this.productionStart.except(variable, written);
  },
);

When('an operator starts the platform', function (this: RevenueWorld) {
  return this.productionStart.start();
});

Then('it ends with exit status {int} before it serves anybody', function (this: RevenueWorld, status: number) {
  expect(this.productionStart.status).to.equal(status);
  expect(this.productionStart.told).not.to.contain('listening');
});

Then('the operator is told {string}, and no secret is shown', function (this: RevenueWorld, told: string) {
  expect(this.productionStart.told).to.contain(told);
  expect(this.productionStart.shown()).to.deep.equal([]);
});
