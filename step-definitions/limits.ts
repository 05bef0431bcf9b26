import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { phrases } from '../support/phrases';
import type { NameKind } from '../world/modules/configuration-manager/limits';
import type { Person } from '../world/actors/person';
import type { RevenueWorld } from '../world/revenue-world';
import type { Tenant } from '../world/actors/tenant';

Given(
  '{tenant} has used up the {count} threads of its plan',
  function (this: RevenueWorld, tenant: Tenant, count: number) {
    return this.limits.fillWithThreads(tenant, count);
  },
);

When('{person} opens one more thread', function (this: RevenueWorld, person: Person) {
  return this.limits.tryToOpenThread(person);
});

phrases<NameKind>('names', { features: 'feature', models: 'model' });

Given(
  '{person} has reported calls of {count} different {names}',
  function (this: RevenueWorld, person: Person, count: number, kind: NameKind) {
    return this.limits.reportNames(person, count, kind);
  },
);

When('{person} reports a call of one more', function (this: RevenueWorld, person: Person) {
  return this.limits.tryToReportAnother(person);
});

Then("his company's usage counts {count} calls", async function (this: RevenueWorld, count: number) {
  expect(await this.limits.callsOf(this.cast.lastNamed())).to.equal(count);
});

Then('{person} reports a call of one more as before', async function (this: RevenueWorld, person: Person) {
  await this.limits.tryToReportAnother(person);
  expect(this.limits.answer?.status).to.equal(200);
});

Then('{person} opens a thread as before', async function (this: RevenueWorld, person: Person) {
  await this.limits.tryToOpenThread(person);
  expect(this.limits.answer?.status).to.equal(201);
});
