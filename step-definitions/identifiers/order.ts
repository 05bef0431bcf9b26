import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Person } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';

Given(
  '{person} has opened the threads {string}, {string} and {string} in turn on two instances',
  async function (this: RevenueWorld, person: Person, first: string, second: string, third: string) {
    const instances = await Promise.all([this.operations.startInstance(), this.operations.startInstance()]);
    const urls = instances.map(({ url }) => url);
    await this.identifiers.order.openInTurn(person, [first, second, third], urls);
  },
);

When('{person} lists her threads', async function (this: RevenueWorld, person: Person) {
  await this.identifiers.order.list(person);
});

Then('they are listed as {string}', function (this: RevenueWorld, titles: string) {
  expect(this.identifiers.order.listed.join(', ')).to.equal(titles);
});

Given(
  'it is out of service since its clock was set back by {duration}',
  async function (this: RevenueWorld, back: number) {
    this.operations.serving().shiftClock(-back);
    await this.operations.readinessWithin(30_000, { ready: false });
  },
);

When('its clock is set back by {duration}', function (this: RevenueWorld, back: number) {
  this.operations.serving().shiftClock(-back);
});

When('its clock is set right', function (this: RevenueWorld) {
  this.operations.serving().shiftClock(660_000);
});

Then('operators read there {string}', async function (this: RevenueWorld, cause: string) {
  expect(await this.operations.causes()).to.include(cause);
});

Given(
  'a thread was opened between two others by an instance whose clock is {duration} ahead',
  async function (this: RevenueWorld, ahead: number) {
    await this.identifiers.order.openBetween(ahead);
  },
);

When('the threads are listed and the one in the middle is opened by its id', async function (this: RevenueWorld) {
  await this.identifiers.order.listAndOpenTheOneAhead();
});

Then('it is found, and the three are listed newest first', function (this: RevenueWorld) {
  const { opened, listed, found } = this.identifiers.order;
  expect(found).to.equal(opened[1]);
  expect(listed).to.deep.equal([...opened].reverse());
});
