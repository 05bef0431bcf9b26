import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { eventually } from '../world/eventually';
import type { Person } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';
import type { ScopeWord } from '../world/state-kinds';

const DAY = 86_400_000;

// Two writers

Then(
  '{person} note in the thread {string} is version {int}, created {duration} before its last change, and ends {duration} after its creation',
  async function (this: RevenueWorld, { name }: Person, id: string, version: number, before: number, life: number) {
    const note = await this.state.read(name, { id });
    expect(note?.version).to.equal(version);
    expect(Number(note?.updatedAt) - Number(note?.createdAt)).to.equal(before);
    expect(Number(note?.expiresAt) - Number(note?.createdAt)).to.equal(life);
  },
);

When(
  'two instances change {person} note in the thread {string} to {string} and {string} at the same time',
  function (this: RevenueWorld, { name }: Person, id: string, first: string, second: string) {
    return this.state.crowd.changeBoth(name, id, [first, second]);
  },
);

Then(
  /^(\d+) of them wins and (\d+) (?:is|are) refused as "(.*)"$/,
  function (this: RevenueWorld, won: string, lost: string, code: string) {
    expect(this.state.crowd.won).to.have.length(Number(won));
    expect(this.state.crowd.lost.map((refusal) => refusal.code)).to.deep.equal(Array(Number(lost)).fill(code));
  },
);

Then(
  /^(?:the|each) loser is told the winner's value in version (\d+), which is what stands in the thread "(.*)"$/,
  async function (this: RevenueWorld, version: string, id: string) {
    const stands = (await this.state.valueOf('Dana', { id })) as string;
    expect(this.state.crowd.toldToLosers.every((told) => told.includes(stands))).to.equal(true);
    expect(new Set(this.state.crowd.lost.map(({ winner }) => winner?.version))).to.deep.equal(
      new Set([Number(version)]),
    );
  },
);

Given(
  "{int} processes are ready to add {int} to {person}'s counter",
  function (this: RevenueWorld, processes: number, count: number, { name }: Person) {
    return this.state.crowd.processes(name, { job: 'add', processes, count });
  },
);

When('they all begin at the same moment', { timeout: 60_000 }, function (this: RevenueWorld) {
  return this.state.crowd.addTogether();
});

Then("{person}'s counter stands at {count}", async function (this: RevenueWorld, { name }: Person, count: number) {
  expect(await this.state.crowd.counted(name)).to.equal(count);
});

When(
  "{int} callers on one instance each add 1 to {person}'s counter",
  function (this: RevenueWorld, callers: number, { name }: Person) {
    return this.state.changes.addTogether(name, callers);
  },
);

When(
  "{int} callers on two instances create {person}'s note in the thread {string} at once",
  function (this: RevenueWorld, callers: number, { name }: Person, id: string) {
    return this.state.crowd.createAtOnce(name, callers, id);
  },
);

Given(
  /^Dana from Acme's note in the thread "(.*)" (.*) and was written again, to the same version number$/,
  function (this: RevenueWorld, id: string, how: string) {
    return this.state.crowd.outdate('Dana', id, how);
  },
);

When('somebody changes it to {string} on the strength of the first one', function (this: RevenueWorld, value: string) {
  return this.state.crowd.changeOutdated('Dana', 'Q3 spend', value);
});

When(
  'an update of {person} note in the thread {string} fails in its own calculation',
  function (this: RevenueWorld, { name }: Person, id: string) {
    return this.state.changes.failingUpdate(name, id);
  },
);

Then(
  '{person} note in the thread {string} is {string} in version {int}, and {int} change was ever told',
  async function (this: RevenueWorld, { name }: Person, id: string, value: string, version: number, told: number) {
    expect(await this.state.read(name, { id })).to.include({ value, version });
    expect(await this.state.changes.seqOf(name)).to.equal(told);
  },
);

Given("somebody changes {person}'s counter without pause", function (this: RevenueWorld, { name }: Person) {
  return this.state.changes.disturb(name);
});

When('a distant caller tries to add {count} to it', function (this: RevenueWorld, amount: number) {
  return this.state.changes.addFromAfar('Dana', amount);
});

Then('this is refused as {string} within {int} seconds', function (this: RevenueWorld, code: string, seconds: number) {
  expect(this.state.refused?.code).to.equal(code);
  expect(Math.max(this.state.changes.tookMs, this.state.faults.tookMs)).to.be.within(1_500, seconds * 1_000);
});

Then(
  "nothing of the {count} is in {person}'s counter",
  async function (this: RevenueWorld, amount: number, { name }: Person) {
    expect(await this.state.crowd.counted(name)).to.be.below(amount);
  },
);

When(
  'somebody tries to remove {person} first version from the thread {string}',
  function (this: RevenueWorld, { name }: Person, id: string) {
    return this.state.changes.removeFirst(name, id);
  },
);

// Groups

When(
  '{person} writes a batch into the threads {string}, {string} and {string}, expecting each to be new',
  function (this: RevenueWorld, { name }: Person, first: string, second: string, third: string) {
    return this.state.changes.batch(name, [first, second, third], 'absent');
  },
);

When(
  '{person} writes a batch into the threads {string} and {string}, expecting each to be new',
  function (this: RevenueWorld, { name }: Person, first: string, second: string) {
    return this.state.changes.batch(name, [first, second], 'absent');
  },
);

Given(
  '{person} has written a named batch into the threads {string} and {string}',
  function (this: RevenueWorld, { name }: Person, first: string, second: string) {
    return this.state.changes.namedBatch(name, [first, second]);
  },
);

When('{person} repeats the same batch', function (this: RevenueWorld, { name }: Person) {
  return this.state.changes.batch(name, ['one', 'two'], undefined, 'the same batch');
});

When(
  '{int} seconds later {person} repeats the same batch',
  function (this: RevenueWorld, later: number, { name }: Person) {
    this.clock.advance(later * 1_000);
    return this.state.changes.batch(name, ['one', 'two'], undefined, 'the same batch');
  },
);

Then(
  'she is given the first outcome again, and both are still in version {int}',
  async function (this: RevenueWorld, version: number) {
    const { receipts, firstRevs } = this.state.changes;
    expect(receipts.map(({ rev, replayed }) => [rev, replayed])).to.deep.equal(firstRevs.map((rev) => [rev, true]));
    expect((await this.state.read('Dana', { id: 'one' }))?.version).to.equal(version);
    expect((await this.state.read('Dana', { id: 'two' }))?.version).to.equal(version);
  },
);

Then('both are in version {int}', async function (this: RevenueWorld, version: number) {
  expect((await this.state.read('Dana', { id: 'one' }))?.version).to.equal(version);
  expect((await this.state.read('Dana', { id: 'two' }))?.version).to.equal(version);
});

When(
  '{duration} later {person} moves it from the thread {string} to the thread {string}',
  function (this: RevenueWorld, later: number, { name }: Person, from: string, to: string) {
    this.clock.advance(later);
    return this.state.changes.move(name, from, to);
  },
);

When(
  '{person} moves it from the thread {string} to the thread {string}',
  function (this: RevenueWorld, { name }: Person, from: string, to: string) {
    return this.state.changes.move(name, from, to);
  },
);

Then(
  '{person} finds {string} in the thread {string} for {duration} more',
  async function (this: RevenueWorld, { name }: Person, value: string, id: string, life: number) {
    const note = await this.state.read(name, { id });
    expect(note?.value).to.equal(value);
    expect(Number(note?.expiresAt) - this.clock.now()).to.equal(life);
  },
);

Given(
  'a process is ready to move it between the threads {string} and {string} again and again',
  function (this: RevenueWorld, _here: string, _there: string) {
    return this.state.crowd.processes('Dana', { job: 'move', processes: 1, count: 0 });
  },
);

When('the process is killed after {int} moves', function (this: RevenueWorld, moves: number) {
  return this.state.crowd.killAfter(moves);
});

Then(
  "{person}'s note stands in exactly {int} of the threads {string} and {string}",
  async function (this: RevenueWorld, { name }: Person, count: number, first: string, second: string) {
    expect(await this.state.crowd.standsIn(name, [first, second])).to.have.length(count);
  },
);

// Ends

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
  expect(keys.filter((key) => /:(?:e|ix|lru|xp|size)(?::|$)/.test(key) && !key.includes('counter'))).to.have.length(0);
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
