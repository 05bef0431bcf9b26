import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Person } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';

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
