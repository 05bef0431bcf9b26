import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Person, Tab } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';

Given('an instance of the platform is serving', function (this: RevenueWorld) {
  return this.operations.serve();
});

Given(
  '{person} has a {device} open there on the thread {string}',
  async function (this: RevenueWorld, person: Person, device: string, title: string) {
    await person.openDeviceOn(device, title, this.operations.serving().url);
  },
);

When('it is told to stop', function (this: RevenueWorld) {
  this.operations.tellToStop();
});

Then('it is gone within {duration}', async function (this: RevenueWorld, limitMs: number) {
  expect(await this.operations.stoppedAfterMs()).to.be.at.most(limitMs);
});

Then('it reports that it stopped cleanly', async function (this: RevenueWorld) {
  expect(await this.operations.serving().ended()).to.equal(0);
});

Then('{tab} is asked to move before its line is closed', async ({ person, name }: Tab) => {
  await person.device(name).untilClosed();
  expect(person.device(name).controls('restarting')).to.have.lengthOf(1);
  expect(person.device(name).closed).to.have.property('code', 1012);
});
