import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { eventually } from '../../world/eventually';
import type { Person } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';

When('{duration} pass/(has )passed/(have )passed( there)', function (this: RevenueWorld, ms: number) {
  return this.time.pass(ms);
});

Given('an instance that clears away what has ended', async function (this: RevenueWorld) {
  await this.state.notes.serveWith({ clock: this.clock });
});

When('{duration} and {duration} have passed', function (this: RevenueWorld, life: number, sweep: number) {
  this.state.notes.instances.endQuietly(life);
  this.clock.advance(sweep);
});

Then("neither store holds anything of {person}'s", async function (this: RevenueWorld, { name }: Person) {
  this.state.notes.assertHandedIn(name);
  await eventually(async () => expect(await this.state.stored.entryKeys(name)).to.deep.equal([]));
  await eventually(async () => expect((await this.state.stored.rows(name)).join('')).to.equal(''));
});

Given('two instances whose clocks differ by {duration}', async function (this: RevenueWorld, ms: number) {
  await this.state.writers.startPairApart(ms);
});

When(
  '{person} notes {string} in the thread {string} for {duration} through the one behind',
  async function (this: RevenueWorld, { name }: Person, value: string, id: string, lifetimeMs: number) {
    await this.state.writers.noteThroughTheOneBehind(name, id, value, lifetimeMs);
  },
);

Then(
  'both find {string} in the thread {string} now, and neither does {duration} later',
  async function (this: RevenueWorld, value: string, id: string, ms: number) {
    const { name } = this.cast.lastNamed();
    expect(await this.state.writers.foundByBoth(name, id)).to.deep.equal([value, value]);
    const gone = [undefined, undefined];
    await eventually(async () => expect(await this.state.writers.foundByBoth(name, id)).to.deep.equal(gone), ms + 500);
    // Redis counts in whole milliseconds, on a clock that may be corrected meanwhile.
    expect(this.state.writers.msSinceNoted).to.be.at.least(ms - 100);
  },
);
