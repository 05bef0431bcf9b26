import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Person } from '../../world/actors/person';
import type { Store } from '../../world/operations/operations';
import type { RevenueWorld } from '../../world/revenue-world';

Given('two instances of the platform are serving behind a front door', function (this: RevenueWorld) {
  return this.fleet.open();
});

Given('an instance of the platform has started while {store} was away', function (this: RevenueWorld, store: Store) {
  return this.operations.serveWithout(store);
});

When('one of the two is frozen', function (this: RevenueWorld) {
  this.operations.serving().signal('SIGSTOP');
});

When('one of the two is killed', function (this: RevenueWorld) {
  this.operations.serving().signal('SIGKILL');
});

Then('within {duration} nobody is sent to it', function (this: RevenueWorld, limitMs: number) {
  return this.fleet.untilReady(1, limitMs);
});

Then(
  'each of the next {count} calls of {person} through the front door is answered',
  async function (this: RevenueWorld, calls: number, person: Person) {
    expect(await this.fleet.call(person, calls)).to.deep.equal(Array<number>(calls).fill(200));
  },
);

Then(
  'within {duration} it counts as dead, and the other one as alive',
  async function (this: RevenueWorld, limitMs: number) {
    expect(await this.fleet.deadAfterMs(this.operations.serving())).to.be.at.most(limitMs);
    expect(await this.fleet.lives(this.operations.beside())).to.equal(true);
  },
);

Then(
  'both instances say within {duration} that they are not ready, and that no restart would help',
  async function (this: RevenueWorld, limitMs: number) {
    await this.fleet.bothSay(limitMs, false);
    expect(await this.fleet.bothLive()).to.equal(true);
  },
);

Then('both instances say within {duration} that they are ready', function (this: RevenueWorld, limitMs: number) {
  return this.fleet.bothSay(limitMs, true);
});

When('somebody who is no operator asks how the instance is', async function (this: RevenueWorld) {
  this.learnt = (await this.operations.toldToAnybody()).join(', ');
});

Then('they learn this and no more: {string}', function (this: RevenueWorld, facts: string) {
  expect(this.learnt).to.equal(facts);
});

Then(
  'operators read that {string} is away since the start, and how the instance came to serve',
  async function (this: RevenueWorld, part: string) {
    expect(await this.operations.redParts()).to.deep.equal([part]);
    expect(await this.operations.phases()).to.deep.equal(['starting', 'running']);
  },
);
