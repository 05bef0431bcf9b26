import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { phrases } from '../../support/phrases';
import type { DatabaseFailure } from '../../world/modules/database-manager/replicated-database';
import type { RevenueWorld } from '../../world/revenue-world';
import type { Tenant } from '../../world/actors/tenant';

Given(
  '{int} requests of {tenant} are at work in the database',
  function (this: RevenueWorld, count: number, { name }: Tenant) {
    return this.crowd.beAtWork(count, this.isolation.contextOf(name));
  },
);

Given(
  '{tenant} has sent {int} requests to the database, and {int} of them are at work',
  function (this: RevenueWorld, { name }: Tenant, count: number, working: number) {
    return this.crowd.beAtWork(count, this.isolation.contextOf(name), working);
  },
);

When('a request of {tenant} reaches the database', function (this: RevenueWorld, { name }: Tenant) {
  return this.crowd.ask(this.isolation.contextOf(name));
});

Then("it is answered before any of {tenant}'s", function (this: RevenueWorld, _others: Tenant) {
  expect(this.crowd.endedBefore).to.equal(0);
});

When(
  '{int} requests of {tenant} reach the database at once',
  function (this: RevenueWorld, count: number, { name }: Tenant) {
    return this.crowd.come(count, this.isolation.contextOf(name));
  },
);

Then('{int} of them are answered', function (this: RevenueWorld, count: number) {
  expect(this.crowd.answered).to.equal(count);
});

Then('{int} of them are told {string}', function (this: RevenueWorld, count: number, sentence: string) {
  expect(this.crowd.refusals).to.deep.equal(Array<string>(count).fill(sentence));
});

Then(
  'the database has counted {int} connections for them, and no more',
  function (this: RevenueWorld, connections: number) {
    expect(this.crowd.connections).to.equal(connections);
  },
);

When('the instance stops, with {duration} for what is at work', function (this: RevenueWorld, limitMs: number) {
  return this.crowd.stop(limitMs);
});

Then(
  'it reports {int} finished, {int} undone, {int} refused',
  function (this: RevenueWorld, finished: number, undone: number, refused: number) {
    expect(this.crowd.report).to.deep.equal({ finished, undone, refused });
  },
);

Then('no connection is left behind', function (this: RevenueWorld) {
  return this.crowd.untilNoneIsLeft();
});

Given(
  'an instance of the platform is serving on a database with a replica',
  { timeout: 60_000 },
  function (this: RevenueWorld) {
    return this.replicatedDatabase.serve();
  },
);

Given(
  "the database's server has been lost, and its replica has taken over",
  { timeout: 60_000 },
  function (this: RevenueWorld) {
    return this.replicatedDatabase.failOver();
  },
);

phrases<DatabaseFailure>('database-failure', {
  'has become a read-only replica': 'replica',
  'has no room left on its disk': 'full',
});

Given(
  "the database's server {database-failure}",
  { timeout: 60_000 },
  function (this: RevenueWorld, failure: DatabaseFailure) {
    return this.replicatedDatabase.failBy(failure);
  },
);

When("the database's server is well again", { timeout: 60_000 }, function (this: RevenueWorld) {
  return this.replicatedDatabase.mend();
});
