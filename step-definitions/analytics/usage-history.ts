import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { phrases } from '../../support/phrases';
import { SHAPE_CHANGES } from '../../world/modules/analytics/usage-history';
import type { RevenueWorld } from '../../world/revenue-world';
import type { Tenant } from '../../world/actors/tenant';

phrases('shape-change', SHAPE_CHANGES);
phrases('when', { 'one after the other': false, 'at the same moment': true });
phrases('breaks', { 'breaks off half-way': 'breaks off half-way', 'is refused': 'is refused' } as const);

Given(
  'programs of {tenant} have reported {int} calls, and of {tenant} {int}',
  async function (this: RevenueWorld, one: Tenant, calls: number, other: Tenant, others: number) {
    await this.usageHistory.report(one.name, calls);
    await this.usageHistory.report(other.name, others);
  },
);

Given(
  'programs of {tenant} have reported {int} calls, and of {tenant} {int}, where each reading takes a second',
  function (this: RevenueWorld, one: Tenant, calls: number, other: Tenant, others: number) {
    return this.usageHistory.slowDown(1, [
      [one.name, calls],
      [other.name, others],
    ]);
  },
);

Given(
  'the reply to a report of {int} calls by {tenant} was lost on its way',
  function (this: RevenueWorld, count: number, tenant: Tenant) {
    return this.usageHistory.loseReply(tenant.name, count);
  },
);

Given(
  '{tenant} has {int} features, and a connection to ClickHouse that can be broken',
  function (this: RevenueWorld, tenant: Tenant, count: number) {
    return this.usageHistory.manyFeatures(tenant.name, count);
  },
);

Given('a history of which {shape-change}', function (this: RevenueWorld, statement: string) {
  return this.usageHistory.changeShape(statement);
});

When('both ask {int} times at the same moment how many there were', function (this: RevenueWorld, times: number) {
  return this.usageHistory.askAtOnce(times, 'Acme', 'Birch');
});

When(
  '{tenant} asks for the calls of the feature {string}',
  async function (this: RevenueWorld, tenant: Tenant, feature: string) {
    this.usageHistory.told = [await this.usageHistory.callsOf(tenant.name, { where: { feature: [feature] } })];
  },
);

When(
  'programs of {tenant} and {tenant} report a call under the same id',
  function (this: RevenueWorld, one: Tenant, other: Tenant) {
    return this.usageHistory.useOneId([one.name, other.name]);
  },
);

When(
  '{tenant} asks {int} different questions at once, as many as its plan allows, one more, and {tenant} asks one',
  function (this: RevenueWorld, tenant: Tenant, allowed: number, other: Tenant) {
    return this.usageHistory.askAsMuchAsAllowed(tenant.name, allowed, other.name);
  },
);

When('that report is sent again', function (this: RevenueWorld) {
  return this.usageHistory.repeat('Acme');
});

When(
  'programs of {tenant} send the same {int} calls to two instances at one moment, in reports of {int} and of {int}',
  function (this: RevenueWorld, tenant: Tenant, count: number, one: number, other: number) {
    return this.usageHistory.reportCutDifferently(tenant.name, count, [one, other]);
  },
);

When(
  'programs of {tenant} report two different calls under one id, {when}',
  function (this: RevenueWorld, tenant: Tenant, isAtOnce: boolean) {
    return this.usageHistory.reportUnderOneId(tenant.name, isAtOnce);
  },
);

When(
  'a program of {tenant} reports {int} calls to one instance, one after the other, and another instance is asked after each',
  function (this: RevenueWorld, tenant: Tenant, count: number) {
    return this.usageHistory.reportAndAsk(tenant.name, count);
  },
);

When(
  '{int} people of {tenant} ask the same at once',
  async function (this: RevenueWorld, people: number, tenant: Tenant) {
    this.usageHistory.readings = await this.usageHistory.askOfCrowd(people, tenant.name);
  },
);

When(
  'the connection {breaks} while {tenant} asks for each of them',
  function (this: RevenueWorld, how: 'breaks off half-way' | 'is refused', tenant: Tenant) {
    return this.usageHistory.breakWhileAsked(tenant.name, how);
  },
);

When('{int} instances start on an empty history at one moment', function (this: RevenueWorld, count: number) {
  return this.usageHistory.startAtOnce(count);
});

When('an instance opens it', function (this: RevenueWorld) {
  return this.usageHistory.start();
});

Then(
  '{tenant} is told {int} each time, and {tenant} {int}',
  function (this: RevenueWorld, _one: Tenant, calls: number, _other: Tenant, others: number) {
    expect(new Set(this.usageHistory.told)).to.deep.equal(new Set([calls]));
    expect(new Set(this.usageHistory.toldOther)).to.deep.equal(new Set([others]));
  },
);

Then('it is told of no calls', function (this: RevenueWorld) {
  expect(this.usageHistory.told).to.deep.equal([0]);
});

Then('each of the two is told of {int} call', async function (this: RevenueWorld, calls: number) {
  const { usageHistory } = this;
  expect([await usageHistory.callsOf('Acme'), await usageHistory.callsOf('Birch')]).to.deep.equal([calls, calls]);
});

Then('the one more is refused because of the limit {string}', function (this: RevenueWorld, limit: string) {
  expect(this.usageHistory.refusals.map((refusal) => refusal.limit?.name)).to.deep.equal([limit]);
});

Then('{tenant} is answered before the second of {tenant}', function (this: RevenueWorld, one: Tenant, other: Tenant) {
  expect(this.usageHistory.order.slice(0, 2)).to.have.members([one.name, other.name]);
});

Then(
  '{int} of its calls are recorded and {int} are known already',
  function (this: RevenueWorld, recorded: number, repeated: number) {
    expect(this.usageHistory.outcome).to.deep.equal({ recorded, repeated });
  },
);

Then('{tenant} is told of {int} call(s)', async function (this: RevenueWorld, tenant: Tenant, calls: number) {
  expect(await this.usageHistory.callsOf(tenant.name)).to.equal(calls);
});

Then(
  'one is recorded, and the other is refused because {refusal}, at {string}',
  async function (this: RevenueWorld, code: string, field: string) {
    expect(this.usageHistory.refusals.map((refusal) => [refusal.code, refusal.field])).to.deep.equal([[code, field]]);
    expect(await this.usageHistory.tokensOut('Acme')).to.deep.equal(this.usageHistory.taken);
  },
);

Then(
  'the instance is refused because {refusal}, at {string}',
  function (this: RevenueWorld, code: string, field: string) {
    expect(this.usageHistory.refusals.map((refusal) => [refusal.code, refusal.field])).to.deep.equal([[code, field]]);
  },
);

Then('{tenant} is told of 1, 2, 3, 4 and 5 calls', function (this: RevenueWorld, _tenant: Tenant) {
  expect(this.usageHistory.told).to.deep.equal([1, 2, 3, 4, 5]);
});

Then('ClickHouse is reading for one question', function (this: RevenueWorld) {
  expect(this.usageHistory.readings).to.equal(1);
});

Then('each of them is told of {int} calls', function (this: RevenueWorld, calls: number) {
  expect(new Set(this.usageHistory.told)).to.deep.equal(new Set([calls]));
});

Then('it is refused because {refusal}, and told to try again', function (this: RevenueWorld, code: string) {
  expect(this.usageHistory.refusals.map((refusal) => [refusal.code, refusal.retryable])).to.deep.equal([[code, true]]);
});

Then('it is told of {int} features once the connection is back', async function (this: RevenueWorld, features: number) {
  expect(await this.usageHistory.features('Acme')).to.equal(features);
});

Then(
  'each of them records a call, and each is told of {int} calls',
  async function (this: RevenueWorld, calls: number) {
    expect(new Set(await this.usageHistory.eachRecords('Acme'))).to.deep.equal(new Set([calls]));
  },
);
