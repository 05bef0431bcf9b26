import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Person } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';
import type { Tenant } from '../../world/actors/tenant';

Given(
  'an administrator of {tenant} has set its time zone to {string}',
  function (this: RevenueWorld, tenant: Tenant, zone: string) {
    return this.companyDays.set(tenant, zone);
  },
);

Given(
  'a program of {person} has reported a call half an hour into yesterday, one half an hour before its end, and {int} just before it',
  function (this: RevenueWorld, person: Person, before: number) {
    return this.companyDays.reportAroundYesterday(person, before);
  },
);

When(
  'an administrator of {tenant} tries to set it to {string}, and {person} to {string}',
  async function (this: RevenueWorld, tenant: Tenant, one: string, person: Person, other: string) {
    const attempts = [[await tenant.administrator(), one] as const, [await person.http(), other] as const];
    await this.companyDays.tryToSet(attempts);
  },
);

When(
  'an operator sets the time zone of {tenant} to {string}',
  function (this: RevenueWorld, tenant: Tenant, zone: string) {
    return this.companyDays.setByOperator(tenant, zone);
  },
);

Then(
  'the first is told {string} about {string}, and the second {string}',
  function (this: RevenueWorld, code: string, field: string, other: string) {
    const [first, second] = this.companyDays.refusals;
    expect([first, second?.[0]]).to.deep.equal([[code, field], other]);
  },
);

Then('the time zone of {tenant} is {string}', async function (this: RevenueWorld, tenant: Tenant, zone: string) {
  expect(await this.companyDays.of(tenant)).to.equal(zone);
});
