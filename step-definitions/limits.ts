import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Person } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';
import type { Tenant } from '../world/tenant';

Given(
  '{tenant} has used up the {count} threads of its plan',
  function (this: RevenueWorld, tenant: Tenant, count: number) {
    return this.limits.fillWithThreads(tenant, count);
  },
);

When('{person} opens one more thread', function (this: RevenueWorld, person: Person) {
  return this.limits.tryToOpenThread(person);
});

Then('it is refused with the reason {string}', function (this: RevenueWorld, reason: string) {
  expect(this.limits.answer?.body).to.include({ detail: reason });
});

Then('{person} opens a thread as before', async function (this: RevenueWorld, person: Person) {
  await this.limits.tryToOpenThread(person);
  expect(this.limits.answer?.status).to.equal(201);
});
