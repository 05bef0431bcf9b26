import { defineParameterType, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { eventually } from '../world/eventually';
import type { Person } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';

defineParameterType({ name: 'topic', regexp: /herself|the company|the platform/, transformer: (word: string) => word });

Given('an instance whose line to Redis can break', function (this: RevenueWorld) {
  return this.state.faults.overALine();
});

Given('an instance whose line to Redis can break and whose waits can be measured', function (this: RevenueWorld) {
  return this.state.faults.overALineWithWaits();
});

When(/^she tries to (.*) while Redis is unreachable$/, function (this: RevenueWorld, what: string) {
  this.state.faults.line.cut();
  return this.state.faults.tryTo('Dana', what);
});

Then('this is refused as {string}, and a repeat may help', function (this: RevenueWorld, code: string) {
  expect(this.state.refused).to.include({ code, retryable: true });
});

Then(
  'once Redis is back {person} finds {string} in the thread {string}',
  async function (this: RevenueWorld, { name }: Person, note: string, id: string) {
    this.state.faults.line.restore();
    await eventually(async () => expect(await this.state.valueOf(name, { id })).to.equal(note), 8_000);
  },
);

Given(
  "the answer to {person}'s named note {string} in the thread {string} was lost on the way",
  async function (this: RevenueWorld, { name }: Person, note: string, id: string) {
    await this.state.faults.loseAnswer(name, note, id);
    expect(this.state.refused?.code).to.equal('state_hot_unavailable');
  },
);

When('{person} repeats it once Redis is back', async function (this: RevenueWorld, { name }: Person) {
  await this.state.faults.restore();
  await this.state.faults.writeOnce(name, 'compare prices', 'Q3 spend');
});

Then(
  'she is given the first outcome again, and her note in the thread {string} is still in version {int}',
  async function (this: RevenueWorld, id: string, version: number) {
    expect(this.state.receipt).to.include({ replayed: true, version: 1 });
    expect((await this.state.read('Dana', { id }))?.version).to.equal(version);
  },
);

When('{person} reads while Redis hangs', function (this: RevenueWorld, { name }: Person) {
  this.state.faults.line.blackHole();
  return this.state.faults.callWhileWaitsPass(() => this.state.read(name, { id: 'Q3 spend' }));
});

Given('Redis has hung for {int} tries', function (this: RevenueWorld, tries: number) {
  this.state.faults.line.blackHole();
  return this.state.faults.failTimes('Dana', tries);
});

Then('this is refused as {string} at once', function (this: RevenueWorld, code: string) {
  expect(this.state.refused?.code).to.equal(code);
  expect(this.state.faults.tookMs).to.be.at.most(100);
});

When('Redis answers again and {duration} have passed', function (this: RevenueWorld, ms: number) {
  this.state.faults.line.restore();
  this.state.faults.waits.advance(ms);
});

Given(
  'a Redis of its own in which {person} has noted {string} in the thread {string}',
  async function (this: RevenueWorld, { name }: Person, note: string, id: string) {
    await this.state.faults.ownRedis();
    await this.state.note(name, note, { id });
  },
);

Given('this Redis has no memory left', function (this: RevenueWorld) {
  return this.state.faults.configure('maxmemory', '1');
});

Given('this Redis may drop entries on its own', function (this: RevenueWorld) {
  return this.state.faults.configure('maxmemory-policy', 'allkeys-lru');
});

Then(
  '{person} still reads {string} in the thread {string}, and can remove it',
  async function (this: RevenueWorld, { name }: Person, note: string, id: string) {
    expect(await this.state.valueOf(name, { id })).to.equal(note);
    expect(await this.state.faults.remove(name, id)).to.deep.equal({ removed: true });
  },
);

When('its health is asked for', function (this: RevenueWorld) {
  return this.state.faults.look();
});

When('its health is asked for {duration} later', async function (this: RevenueWorld, later: number) {
  this.clock.advance(later);
  await eventually(async () => {
    await this.state.faults.look();
    expect(this.state.faults.health?.state).not.to.equal('up');
  });
});

Then('its health is {string} because {string}', function (this: RevenueWorld, state: string, cause: string) {
  expect(this.state.faults.health).to.include({ state });
  expect(this.state.faults.health?.cause ?? '').to.equal(cause);
});

When('it sweeps and its health is asked for', async function (this: RevenueWorld) {
  this.clock.advance(30_000);
  await this.state.swept('Dana');
  await this.state.faults.look();
});

Given('its sweeps could not reach Redis for {duration}', function (this: RevenueWorld, ms: number) {
  return this.state.faults.sweepInVain(ms);
});

Given('Redis is unreachable', function (this: RevenueWorld) {
  this.state.faults.line.cut();
});

// Limited places

When(
  "{int} callers on two instances ask for one of {person}'s 10 slots at once",
  function (this: RevenueWorld, callers: number, { name }: Person) {
    return this.state.crowd.takeSlots(name, callers);
  },
);

Given(
  "{int} callers on two instances have asked for one of {person}'s 10 slots",
  function (this: RevenueWorld, callers: number, { name }: Person) {
    return this.state.crowd.takeSlots(name, callers);
  },
);

Then(
  '{int} get one and {int} are told that {int} are taken, the first for {duration} more',
  function (this: RevenueWorld, got: number, refused: number, full: number, freeInMs: number) {
    expect(this.state.crowd.slots).to.have.length(got);
    expect(this.state.crowd.full).to.deep.equal(Array(refused).fill({ full, freeInMs }));
  },
);

Given(
  "a process that held all 10 of {person}'s slots was killed",
  async function (this: RevenueWorld, { name }: Person) {
    await this.state.crowd.processes(name, { job: 'hold', processes: 1, count: 10 });
    await this.state.crowd.killAfter(1);
    expect(await this.state.crowd.slotIsFree(name)).to.equal(false);
  },
);

Then('a slot is taken', async function (this: RevenueWorld) {
  expect(await this.state.crowd.slotIsFree('Dana')).to.equal(false);
});

Then('a slot is free', async function (this: RevenueWorld) {
  expect(await this.state.crowd.slotIsFree('Dana')).to.equal(true);
});

When('all are renewed and {duration} pass', async function (this: RevenueWorld, ms: number) {
  this.clock.advance(ms);
  await this.state.crowd.renewAll();
  this.clock.advance(ms);
});

When('{duration} pass without renewal', function (this: RevenueWorld, ms: number) {
  this.clock.advance(ms);
});

When('one is given back', async function (this: RevenueWorld) {
  await this.state.crowd.slots[0]?.[Symbol.asyncDispose]();
});

Then(
  '{person} has one for {int} milliseconds, and then not',
  async function (this: RevenueWorld, _person: Person, lease: number) {
    const { slots } = this.state.crowd;
    this.clock.advance(lease - 1);
    expect(await slots[0]?.renew()).to.equal(true);
    this.clock.advance(lease);
    expect(await slots[0]?.renew()).to.equal(false);
  },
);

Then('renewing is refused', async function (this: RevenueWorld) {
  expect(await this.state.crowd.slots[0]?.renew()).to.equal(false);
});

When(
  '{person} asks for one of {float} slots for {int} milliseconds',
  function (this: RevenueWorld, { name }: Person, limit: number, leaseMs: number) {
    return this.state.crowd.askForSlot(name, limit, leaseMs);
  },
);

// Hints

Given(
  '{person} waits for hints about the thread {string}',
  function (this: RevenueWorld, { name }: Person, id: string) {
    return this.state.faults.waitForHints(name, id);
  },
);

When('the line breaks and is back, and then {int} hints are given', function (this: RevenueWorld, count: number) {
  return this.state.faults.breakAndHint('Dana', 'Q3 spend', count);
});

When(
  '{person} gives {int} hints about the thread {string}',
  function (this: RevenueWorld, { name }: Person, count: number, id: string) {
    return this.state.faults.hint(name, id, count);
  },
);

Then('she hears {string}', async function (this: RevenueWorld, heard: string) {
  await eventually(() => expect(this.state.faults.hints('Dana')).to.equal(heard));
});

Then(
  '{person} hears {string} and {person} nothing',
  async function (this: RevenueWorld, { name }: Person, heard: string, other: Person) {
    await eventually(() => expect(this.state.faults.hints(name)).to.equal(heard));
    expect(this.state.faults.hints(other.name)).to.equal('');
  },
);

When('{person} gives a hint of {count} bytes', function (this: RevenueWorld, { name }: Person, bytes: number) {
  return this.state.faults.longHint(name, bytes);
});

Then('{person} hears {int} hint', async function (this: RevenueWorld, { name }: Person, count: number) {
  await eventually(() => expect(this.state.faults.heardBy(name)).to.have.length(count));
});

Given(
  '{person} and {person} and {person} wait for hints about {topic}',
  async function (this: RevenueWorld, first: Person, second: Person, third: Person, topic: string) {
    for (const { name } of [first, second, third]) await this.state.faults.waitAbout(name, topic);
  },
);

When('{person} gives a hint about {topic}', function (this: RevenueWorld, { name }: Person, topic: string) {
  return this.state.faults.hintAbout(name, topic);
});

Then('it is heard by {string}', async function (this: RevenueWorld, hearers: string) {
  await eventually(() => expect(this.state.faults.hearers.join(', ')).to.equal(hearers));
});
