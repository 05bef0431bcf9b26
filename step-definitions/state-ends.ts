import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { eventually } from '../world/eventually';
import type { Person } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';
import type { ScopeWord } from '../world/state-kinds';

const DAY = 86_400_000;

When('{person} keeps something for her {scope}', function (this: RevenueWorld, { name }: Person, scope: ScopeWord) {
  return this.state.changes.keepIn(name, scope);
});

When(
  '{person} tries to keep something for {float} milliseconds',
  function (this: RevenueWorld, { name }: Person, lifetime: number) {
    return this.state.changes.keepFor(name, lifetime);
  },
);

Then('it ends after {duration}', function (this: RevenueWorld, life: number) {
  expect(this.state.changes.endsAfter).to.equal(life);
});

When('{duration} have passed', function (this: RevenueWorld, ms: number) {
  this.clock.advance(ms);
});

Then(
  "{person}'s list of the thread {string} has {int} entry",
  async function (this: RevenueWorld, { name }: Person, id: string, count: number) {
    expect(await this.state.shares.items(name, { id })).to.have.length(count);
  },
);

Then(
  "{person}'s list of the thread {string} has no entry",
  async function (this: RevenueWorld, { name }: Person, id: string) {
    expect(await this.state.shares.items(name, { id })).to.have.length(0);
  },
);

Given(
  '{duration} later {person} has read it in the thread {string}',
  async function (this: RevenueWorld, later: number, { name }: Person, id: string) {
    this.clock.advance(later);
    expect(await this.state.read(name, { id })).not.to.equal(undefined);
  },
);

When(
  '{duration} later {person} extends it in the thread {string} by {duration}',
  function (this: RevenueWorld, later: number, { name }: Person, id: string, by: number) {
    this.clock.advance(later);
    return this.state.changes.extend(name, id, by);
  },
);

When(
  '{person} extends what was never noted in the thread {string} by {duration}',
  function (this: RevenueWorld, { name }: Person, id: string, by: number) {
    return this.state.changes.extend(name, id, by);
  },
);

Then(
  '{person} note in the thread {string} is {string} in version {int} and ends in {duration}',
  async function (this: RevenueWorld, { name }: Person, id: string, value: string, version: number, life: number) {
    const note = await this.state.read(name, { id });
    expect(note).to.include({ value, version });
    expect(Number(note?.expiresAt) - this.clock.now()).to.equal(life);
  },
);

Given('an instance that sweeps', async function (this: RevenueWorld) {
  await this.state.serveWith({ clock: this.clock });
});

Given(
  /^(she) has a note in the thread "(.*)", (as written|extended since), that has come to its end$/,
  async function (this: RevenueWorld, _she: string, id: string, how: string) {
    await this.state.note('Dana', 'compare prices', { id });
    if (how === 'extended since') await this.state.changes.extend('Dana', id, 2 * DAY);
    this.state.endQuietly(how === 'extended since' ? 2 * DAY : DAY);
  },
);

Then('nothing of her notes is left in Redis', async function (this: RevenueWorld) {
  const keys = await this.state.keysOf('Dana');
  expect(keys.filter((key) => /:(?:e|ix|lru|cop|xp|size)(?::|$)/.test(key) && !key.includes('counter'))).to.have.length(
    0,
  );
});

When(
  'its end comes while two instances read it in the thread {string} and the sweep finds it',
  function (this: RevenueWorld, id: string) {
    return this.state.changes.endForAll('Dana', id);
  },
);

Then(
  '{person} is told {string} when she notes it again',
  async function (this: RevenueWorld, { name }: Person, story: string) {
    await this.state.note(name, 'compare prices', { id: 'Q3 spend' });
    await eventually(() => expect(this.state.listeners.story).to.equal(story));
  },
);

Given(
  "two instances whose clocks differ by {duration} and that go by Redis' time",
  function (this: RevenueWorld, ms: number) {
    return this.state.changes.pairApart(ms);
  },
);

When(
  '{person} keeps something for {duration} through the one behind',
  function (this: RevenueWorld, { name }: Person, life: number) {
    return this.state.changes.keepThroughBehind(name, life);
  },
);

Then('both find it now and neither does {int} second later', async function (this: RevenueWorld, seconds: number) {
  expect(this.state.changes.both[0]).to.deep.equal([true, true]);
  await eventually(
    async () => expect(await this.state.changes.lookThroughBoth('Dana')).to.deep.equal([false, false]),
    seconds * 1_000 + 500,
  );
});

Then(
  'Redis itself drops her note {int} minutes after its end, and the story of its changes after {int} hours',
  async function (this: RevenueWorld, minutes: number, hours: number) {
    const left = await this.state.keptByRedis('Dana');
    expect(left.note).to.be.closeTo(DAY + minutes * 60_000, 30_000);
    expect(left.story).to.be.closeTo(hours * 3_600_000, 30_000);
  },
);
