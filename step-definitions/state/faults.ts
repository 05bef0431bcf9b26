import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { eventually } from '../../world/eventually';
import type { CutOffStore } from '../../world/modules/state-manager/faults';
import type { StateKind } from '../../world/modules/state-manager/kinds';
import type { StateRefusal } from '../../world/modules/state-manager/refusals';
import type { Person } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';
import type { ThreadAct } from './parameter-types';

Given('an instance can be cut off from {cut-store}', async function (this: RevenueWorld, store: CutOffStore) {
  await this.state.faults.serveBehindProxy(store);
});

When(
  '{person} {thread-act} the thread {string} while {cut-store} is away',
  async function (this: RevenueWorld, { name }: Person, act: ThreadAct, id: string, _: CutOffStore) {
    this.state.faults.cut();
    await this.state.faults.calling(() => act(this.state.notes, name, id));
  },
);

Given(
  '{person} has {kept} {string} in the thread {string} while {cut-store} was away',
  async function (this: RevenueWorld, { name }: Person, kind: StateKind, value: string, id: string, _: CutOffStore) {
    this.state.faults.cut();
    await this.state.faults.calling(() => this.state.notes.mustWrite(name, id, value, kind));
    expect(this.state.notes.receipt).to.include({ durable: true, hotCopy: 'pending' });
  },
);

When(
  '{person} {thread-act} the thread {string} while Redis hangs',
  async function (this: RevenueWorld, { name }: Person, act: ThreadAct, id: string) {
    await this.state.faults.callWhileHanging(() => act(this.state.notes, name, id));
  },
);

Given('Redis has hung five times in a row for {person}', async function (this: RevenueWorld, { name }: Person) {
  await this.state.faults.failUntilRefused(name);
});

Given('Redis was away and is back', async function (this: RevenueWorld) {
  this.state.faults.cut();
  await this.state.faults.restore();
  await this.state.hints.heardSomething(this.cast.lastNamed().name);
});

When('Redis has been back for {duration}', async function (this: RevenueWorld, ms: number) {
  await this.state.faults.restore();
  this.state.faults.waits.clock.advance(ms);
});

Then(
  '{person} is/are refused because {state-refusal}, and a repeat may help',
  function (this: RevenueWorld, _: Person, { code, says }: StateRefusal) {
    expect(this.state.notes.refused).to.include({ code, retryable: true });
    expect(this.state.notes.refused?.message).to.include(says);
  },
);

Then(
  '{person} is/are refused because {state-refusal}, within {duration}',
  function (this: RevenueWorld, _: Person, { code }: StateRefusal, ms: number) {
    expect(this.state.notes.refused).to.include({ code });
    expect(this.state.notes.tookMs).to.be.within(1_000, ms);
  },
);

Then(
  'once Redis is back {person} finds {string} in the thread {string}',
  async function (this: RevenueWorld, { name }: Person, value: string, id: string) {
    await this.state.faults.restore();
    await eventually(async () => expect(await this.state.notes.valueOf(name, id)).to.equal(value));
  },
);

// A lost answer

Given(
  "the answer to {person}'s note {string} in the thread {string} was lost on the way",
  async function (this: RevenueWorld, { name }: Person, value: string, id: string) {
    await this.state.faults.loseAnswer(name, id, value);
    expect(this.state.notes.refused).to.include({ code: 'state_hot_unavailable' });
  },
);

When('{person} repeats it once Redis is back', async function (this: RevenueWorld, _: Person) {
  await this.state.faults.restore();
  await this.state.faults.repeat();
});

Then(
  'she is given the first outcome, and her note in the thread {string} is in version {int}',
  async function (this: RevenueWorld, id: string, version: number) {
    expect(this.state.notes.receipt).to.include({ replayed: true, version });
    expect(await this.state.notes.record(this.cast.lastNamed().name, { id })).to.include({ version });
  },
);

// Killed

Given(
  'a process that was cut off from Redis has settled on something else for {person} and was killed',
  async function (this: RevenueWorld, { name }: Person) {
    expect(await this.state.writers.settleCutOffAndDie(name)).to.deep.equal({ hotCopy: 'pending' });
  },
);

// A Redis of one's own

Given(
  'a Redis of its own in which {person} has {kept} {string} in the thread {string}',
  async function (this: RevenueWorld, { name }: Person, kind: StateKind, value: string, id: string) {
    await this.state.ownRedis.start();
    await this.state.notes.mustWrite(name, id, value, kind);
  },
);

Given('this Redis has no memory left', async function (this: RevenueWorld) {
  await this.state.ownRedis.configure('maxmemory', '1');
});

Given('this Redis may drop entries on its own', async function (this: RevenueWorld) {
  await this.state.ownRedis.configure('maxmemory-policy', 'allkeys-lru');
});

Then('{person} can still clear the thread {string}', async function (this: RevenueWorld, { name }: Person, id: string) {
  await this.state.notes.clear(name, id);
  expect(await this.state.notes.valueOf(name, id)).to.equal(undefined);
});

Given('an instance of the platform is serving with a Redis of its own', async function (this: RevenueWorld) {
  await this.operations.serveOn({ REDIS_URL: await this.state.ownRedis.start() });
});
