import { Given, Then, When, type DataTable } from '@cucumber/cucumber';
import { expect } from 'chai';
import { z } from 'zod';
import type { RevenueWorld } from '../../world/revenue-world';
import type { Tenant } from '../../world/actors/tenant';

const cells = z.array(z.record(z.string(), z.string()));

Given(
  '{tenant} pays for a million tokens in, cached and out, in USD:',
  function (this: RevenueWorld, tenant: Tenant, table: DataTable) {
    this.figures.pay(tenant.name, cells.parse(table.hashes()));
  },
);

Given('the calls of {tenant} last month were:', function (this: RevenueWorld, tenant: Tenant, table: DataTable) {
  return this.figures.plant(tenant.name, cells.parse(table.hashes()));
});

Given(
  'on day {int} at {word} the {word} model became twice as dear for {tenant}',
  function (this: RevenueWorld, day: number, time: string, model: string, tenant: Tenant) {
    this.figures.double(tenant.name, model, day, time);
  },
);

Given('the moment up to which the figures of {tenant} count is fixed', function (this: RevenueWorld, tenant: Tenant) {
  return this.figures.fixCutOff(tenant.name);
});

When('{tenant} asks/(has )asked what it cost by {word}', function (this: RevenueWorld, tenant: Tenant, by: string) {
  return this.figures.ask(tenant.name, by);
});

When(
  '{tenant} asks what it cost by {word}, in days of {string}',
  function (this: RevenueWorld, tenant: Tenant, by: string, zone: string) {
    return this.figures.ask(tenant.name, by, zone);
  },
);

When(
  'a program of {tenant} reports {count} call(s) of {count} tokens by the {word} model on day {int} at {word}',
  function (
    this: RevenueWorld,
    tenant: Tenant,
    count: number,
    tokens: number,
    model: string,
    day: number,
    time: string,
  ) {
    return this.figures.report(tenant.name, { count, tokens, model, day, time });
  },
);

When(
  'the {word} model is given a price of {word} USD for a million tokens, and {tenant} asks again',
  function (this: RevenueWorld, model: string, price: string, tenant: Tenant) {
    this.figures.price(tenant.name, model, price);
    return this.figures.ask(tenant.name, 'model');
  },
);

Then('{tenant} is shown {string}', function (this: RevenueWorld, _tenant: Tenant, figures: string) {
  expect(this.figures.shown).to.equal(figures);
});

Then(
  'day {int} has cost {tenant} {string}',
  async function (this: RevenueWorld, day: number, tenant: Tenant, cost: string) {
    expect(await this.figures.costOf(tenant.name, day)).to.equal(cost);
  },
);

Then(
  '{tenant} is shown {int} calls up to that moment, however it asks, and {int} without it',
  async function (this: RevenueWorld, tenant: Tenant, cut: number, all: number) {
    expect(await this.figures.calls(tenant.name, true)).to.deep.equal([cut, cut, cut, cut]);
    expect(await this.figures.calls(tenant.name, false)).to.deep.equal([all, all, all, all]);
  },
);
