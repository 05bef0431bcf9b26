import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { phrases } from '../../support/phrases';
import { USAGE_FAULTS } from '../../world/modules/analytics/usage-reports';
import type { Person } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';

type Fault = (typeof USAGE_FAULTS)[string];

phrases('usage-fault', USAGE_FAULTS);

Given('a program of {person} has reported {int} calls', function (this: RevenueWorld, person: Person, count: number) {
  return this.usageReports.report(person, count);
});

When('it sends the same report again', function (this: RevenueWorld) {
  return this.usageReports.repeat(this.cast.lastNamed());
});

When(
  'a program of {person} reports {int} calls, one of which {usage-fault}',
  function (this: RevenueWorld, person: Person, count: number, fault: Fault) {
    return this.usageReports.report(person, count, fault);
  },
);

Then(
  'it is told that {int} were recorded and {int} were known already',
  function (this: RevenueWorld, recorded: number, repeated: number) {
    const { usageReports } = this;
    expect([usageReports.recorded, usageReports.repeated]).to.deep.equal([recorded, repeated]);
  },
);

Then('it is refused because of {string}', function (this: RevenueWorld, field: string) {
  expect(this.usageReports.refusal?.field).to.equal(field);
});

Then('{person} usage shows {int} call(s)', async function (this: RevenueWorld, person: Person, calls: number) {
  expect(await this.usageReports.shown(person, calls)).to.equal(calls);
});

Then(
  '{person} usage shows {int} call(s) after a sound report of {int} call(s)',
  async function (this: RevenueWorld, person: Person, calls: number, reported: number) {
    await this.usageReports.report(person, reported);
    expect(await this.usageReports.shown(person, calls)).to.equal(calls);
  },
);
