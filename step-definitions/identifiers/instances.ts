import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { RevenueWorld } from '../../world/revenue-world';

Given(
  '{count} instances have given {count} ids each at the same moment',
  // So many processes at once are slow to start where the machine has two cores.
  { timeout: 120_000 },
  async function (this: RevenueWorld, instances: number, each: number) {
    await this.identifiers.instances.start(instances);
    await this.identifiers.instances.give(each);
  },
);

Given('PostgreSQL is unreachable for an instance', async function (this: RevenueWorld) {
  await this.identifiers.instances.startWithoutPostgres();
});

When('it gives {count} ids', async function (this: RevenueWorld, count: number) {
  await this.identifiers.instances.give(count);
});

When('each of them stores a record under every id it gave', async function (this: RevenueWorld) {
  await this.identifiers.instances.store();
});

Then('{count} records are stored', async function (this: RevenueWorld, count: number) {
  expect(await this.identifiers.instances.stored()).to.equal(count);
});

Then('no id was given twice', function (this: RevenueWorld) {
  expect(this.identifiers.instances.distinct).to.equal(100_000);
});

Then(
  'all {count} records can be stored when PostgreSQL is reachable again',
  async function (this: RevenueWorld, count: number) {
    await this.identifiers.instances.store();
    expect(await this.identifiers.instances.stored()).to.equal(count);
  },
);
