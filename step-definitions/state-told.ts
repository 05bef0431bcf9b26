import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { eventually } from '../world/eventually';
import type { Person } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';

Then('{person} is told {string}', async function (this: RevenueWorld, _person: Person, story: string) {
  await eventually(() => expect(this.state.listeners.story).to.equal(story));
});

Then(
  '{person} is told {string}, numbered without a gap',
  async function (this: RevenueWorld, _person: Person, story: string) {
    await eventually(() => expect(this.state.listeners.story).to.equal(story));
    expect(this.state.listeners.gaps()).to.deep.equal([]);
  },
);

When(
  /^her note in the thread "(.*)" is (created|updated|removed|expired|evicted|renewed)$/,
  function (this: RevenueWorld, id: string, how: string) {
    return this.state.listeners.makeHappen('Dana', id, how);
  },
);

Then('none of it says what was noted', function (this: RevenueWorld) {
  expect(JSON.stringify(this.state.listeners.last.heard)).not.to.contain('compare');
});

When(
  '{person} notes {string} under {string} in the thread {string}',
  function (this: RevenueWorld, { name }: Person, note: string, item: string, id: string) {
    return this.state.note(name, note, { id, item });
  },
);

Then(
  'the change is about {string} in the thread {string}, version {int}, of this moment',
  async function (this: RevenueWorld, item: string, id: string, version: number) {
    const [change] = await this.state.listeners.told(1);
    expect(change).to.deep.include({ kind: 'spec-note', at: { id, item }, version, when: new Date(this.clock.now()) });
  },
);

Given(
  '{person} and {person} listen to their own changes',
  async function (this: RevenueWorld, first: Person, second: Person) {
    await this.state.listeners.listen(first.name);
    await this.state.listeners.listen(second.name);
  },
);

Then(
  '{person} is told of {int} change and {person} of none',
  async function (this: RevenueWorld, _one: Person, count: number, _other: Person) {
    const [leo, dana] = this.state.listeners.all;
    expect(await this.state.listeners.told(count, dana)).to.have.length(count);
    expect(leo?.told).to.have.length(0);
  },
);

Given(
  'one listener of {person} fails at its first change and another stands still',
  async function (this: RevenueWorld, { name }: Person) {
    await this.state.listeners.listen(name, { failing: true });
    await this.state.listeners.listen(name);
    this.state.listeners.stand();
  },
);

When('{person} notes {int} things', function (this: RevenueWorld, { name }: Person, count: number) {
  return this.state.shares.keep(name, count);
});

Then(
  '{person} is told of all {int}, and the one that stands still of at most 1',
  async function (this: RevenueWorld, _person: Person, count: number) {
    expect(await this.state.listeners.told(count)).to.have.length(count);
    expect(this.state.listeners.all[1]?.told.length).to.be.at.most(1);
  },
);

Given(
  'an instance whose listeners may be {int} changes behind',
  async function (this: RevenueWorld, watcherLag: number) {
    await this.state.serveWith({ limits: { watcherLag } });
  },
);

Given(
  '{person} listens to her changes and stands still after the first of them',
  async function (this: RevenueWorld, { name }: Person) {
    await this.state.listeners.listen(name, { on: await this.state.instance() });
    this.state.listeners.stand();
  },
);

When('{int} changes have happened and the listener goes on', async function (this: RevenueWorld, count: number) {
  await this.state.listeners.fallBehind('Dana', count);
});

Then('it is let go as {string}', function (this: RevenueWorld, code: string) {
  expect(this.state.listeners.last.refused?.code).to.equal(code);
});

Then(
  'resuming from the place it was given shows the rest of the {int}, each once',
  async function (this: RevenueWorld, count: number) {
    const { heard, refused } = this.state.listeners.last;
    const before = heard.length;
    const resumed = await this.state.listeners.resume('Dana', refused?.cursor ?? null);
    const rest = await this.state.listeners.told(count - this.state.listeners.notedBefore(), resumed);
    expect(this.state.listeners.gaps(resumed)).to.deep.equal([]);
    expect(rest[0]).to.include({ seq: this.state.listeners.lastSeq(before) + 1 });
  },
);

Given(
  '{person} has left after the first of {int} changes',
  async function (this: RevenueWorld, { name }: Person, count: number) {
    await this.state.listeners.listen(name);
    await this.state.shares.keep(name, 1);
    await this.state.listeners.told(1);
    this.state.listeners.leave();
    await this.state.shares.keep(name, count - 1, 1);
  },
);

When('{person} comes back', async function (this: RevenueWorld, { name }: Person) {
  await this.state.listeners.resume(name);
});

When('{person} comes back after the oldest were dropped', async function (this: RevenueWorld, { name }: Person) {
  await this.state.listeners.resume(name);
});

When('{person} comes back after Redis lost everything', async function (this: RevenueWorld, { name }: Person) {
  await this.state.lose(name);
  await this.state.listeners.resume(name);
});

Then(
  '{person} is told the other {int} in order, and then what happens next',
  async function (this: RevenueWorld, { name }: Person, count: number) {
    expect(await this.state.listeners.told(count)).to.have.length(count);
    await this.state.note(name, 'compare', { id: 'next' });
    expect((await this.state.listeners.told(count + 1)).at(-1)).to.deep.include({ op: 'created', at: { id: 'next' } });
    expect(this.state.listeners.gaps()).to.deep.equal([]);
  },
);

Given('an instance that keeps the last {int} changes', async function (this: RevenueWorld, changesKept: number) {
  await this.state.serveWith({ limits: { changesKept } });
});

Then(
  'the first {person} is told is a gap because of {string}, and then what happens next',
  async function (this: RevenueWorld, { name }: Person, reason: string) {
    const [first] = await this.state.listeners.told(1);
    expect(first).to.include({ op: 'gap', reason });
    await this.state.note(name, 'compare', { id: 'next' });
    await eventually(() => expect(this.state.listeners.last.told.at(-1)).to.deep.include({ at: { id: 'next' } }));
  },
);

When('{person} resumes from her place, altered', async function (this: RevenueWorld, { name }: Person) {
  await this.state.listeners.resumeAltered(name);
});

When("{person} resumes from Dana's place", async function (this: RevenueWorld, { name }: Person) {
  await this.state.listeners.resume(name);
});

Then('the listener is refused as {string} and is told nothing', async function (this: RevenueWorld, code: string) {
  await this.state.listeners.last.ended;
  expect(this.state.listeners.last.refused?.code).to.equal(code);
  expect(this.state.listeners.last.heard).to.have.length(0);
});

Given(
  '{person} listens to her changes on the instance that will close',
  async function (this: RevenueWorld, { name }: Person) {
    await this.state.listeners.listen(name, { on: await this.state.instance() });
  },
);

When('the instance is closed while {int} of her notes are being written', function (this: RevenueWorld, count: number) {
  return this.state.closeWhileWriting('Dana', count);
});

Then('all {int} were kept, and her listener has ended', async function (this: RevenueWorld, count: number) {
  await this.state.listeners.last.ended;
  expect(this.state.writtenAtClosing).to.equal(count);
});

Then('new writes are refused as {string}', async function (this: RevenueWorld, code: string) {
  await this.state.tryToNote('Dana', 'too late', { id: 'Q3 spend' });
  expect(this.state.refused?.code).to.equal(code);
});
