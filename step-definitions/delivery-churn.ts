import { Given, Then, When, type DataTable } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Person } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';

Given(
  '{int} devices each of {person}, {person} and {person} came, and followed a thread of their own with {int} events',
  async function (this: RevenueWorld, devices: number, one: Person, two: Person, three: Person, events: number) {
    for (const { name } of [one, two, three]) await this.delivery.churn.come(name, devices, events);
  },
);

When(
  "{int} of each person's devices leave, {int} are torn off and {int} says too much at once",
  function (this: RevenueWorld, left: number, torn: number, closed: number) {
    return this.delivery.churn.go({ left, torn, closed });
  },
);

Then('operators are told the same as the devices saw, which is:', function (this: RevenueWorld, table: DataTable) {
  const expected = Object.fromEntries(Object.entries(table.hashes()[0] ?? {}).map(([name, n]) => [name, Number(n)]));
  expect(this.delivery.churn.seen()).to.deep.equal(expected);
  expect(this.delivery.churn.told()).to.deep.equal(expected);
});
