import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { eventually } from '../../world/eventually';
import type { Person } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';

When(
  "{int} callers on two instances ask for one of {person}'s 10 slots at once",
  async function (this: RevenueWorld, callers: number, { name }: Person) {
    await this.state.slots.takeAtOnce(name, callers);
  },
);

Then(
  '{int} get one and {int} are told that {int} are taken, the first for {duration} more',
  function (this: RevenueWorld, got: number, refused: number, full: number, freeInMs: number) {
    expect(this.state.slots.taken).to.have.length(got);
    expect(this.state.slots.full).to.deep.equal(Array(refused).fill({ full, freeInMs }));
  },
);

Given(
  "a process that held all {int} of {person}'s slots was killed",
  async function (this: RevenueWorld, count: number, { name }: Person) {
    await this.state.writers.startProcesses(name, 'hold', { count });
    expect(await this.state.writers.killAfter(1)).to.deep.equal({ held: count });
  },
);

Then(
  /^a slot of (Dana)'s is (free|taken)$/,
  async function (this: RevenueWorld, name: Person['name'], state: 'free' | 'taken') {
    expect(await this.state.slots.isOneFree(name)).to.equal(state === 'free');
  },
);

// Hints

Given('{person} listens to the thread {string}', async function (this: RevenueWorld, { name }: Person, id: string) {
  await this.state.hints.listen(name, id);
});

Given(
  'a listener of {person} to the thread {string} fails each time',
  async function (this: RevenueWorld, { name }: Person, id: string) {
    await this.state.hints.listenAndFail(name, id);
  },
);

When(
  '{person} sends {int} hints about the thread {string}',
  async function (this: RevenueWorld, { name }: Person, count: number, id: string) {
    await this.state.hints.send(name, id, count);
  },
);

Then('{person} hears {heard}', async function (this: RevenueWorld, { name }: Person, heard: string) {
  await eventually(() => expect(this.state.hints.heardBy(name)).to.equal(heard));
});
