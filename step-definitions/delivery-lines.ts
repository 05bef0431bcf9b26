import { defineParameterType, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { ConnectionState } from '../world/delivery-rules';
import type { Person, Tab } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';

defineParameterType({
  name: 'line-end',
  regexp: /open|gone without a word|closed with \d+ for "[^"]+"/,
  transformer: (text: string) => text,
  useForSnippets: false,
});

defineParameterType({
  name: 'line-state',
  regexp: /opening|open|draining|closed/,
  transformer: (text: string) => text,
  useForSnippets: false,
});

// Keeping or closing

When('{tab} falls silent for {duration}', async function (this: RevenueWorld, { person, name }: Tab, ms: number) {
  this.delivery.device(person.name, name).stopReading();
  await this.delivery.passNearly(ms);
});

When(
  '{tab} falls silent for {duration}, then for {int} more',
  async function (this: RevenueWorld, { person, name }: Tab, ms: number, more: number) {
    const device = this.delivery.device(person.name, name);
    device.stopReading();
    await this.delivery.pass(ms);
    device.readAgain();
    await this.delivery.db.settled();
    device.stopReading();
    await this.delivery.pass(more * 1_000);
  },
);

When(
  '{duration} pass, {tab} says something, {int} more pass',
  async function (this: RevenueWorld, ms: number, { person, name }: Tab, more: number) {
    await this.delivery.pass(ms);
    await this.delivery.say(person.name, name, { type: 'pong' });
    await this.delivery.pass(more * 60_000);
  },
);

When(
  '{duration} pass, an event is told, {int} more pass',
  async function (this: RevenueWorld, ms: number, more: number) {
    await this.delivery.pass(ms);
    await this.delivery.append(this.cast.lastNamed().name, this.delivery.run.all('the question'));
    await this.delivery.pass(more * 60_000);
  },
);

Then('{tab} is {line-end}', function (this: RevenueWorld, { person, name }: Tab, end: string) {
  const device = this.delivery.device(person.name, name);
  device.readAgain();
  expect(this.delivery.stateOf(person.name, name)).to.equal(end);
});

Given('{tab} has stopped reading', function (this: RevenueWorld, { person, name }: Tab) {
  this.delivery.device(person.name, name).stopReading();
});

Given('{int} long events were told', function (this: RevenueWorld, count: number) {
  return this.delivery.thoughts(this.cast.lastNamed().name, count, 'comparing model prices '.repeat(40));
});

When('{tab} reads again after {duration}', async function (this: RevenueWorld, { person, name }: Tab, ms: number) {
  await this.delivery.passNearly(ms);
  this.delivery.device(person.name, name).readAgain();
  await this.delivery.db.settled();
});

When('{tab} and {tab} leave', async function (this: RevenueWorld, one: Tab, other: Tab) {
  await this.delivery.ends.leave([
    [one.person.name, one.name],
    [other.person.name, other.name],
  ]);
});

Then(
  'before that {int} lines showed {int} threads, and afterwards there is no line, thread or listener left',
  function (this: RevenueWorld, lines: number, threads: number) {
    const { before } = this.delivery.ends;
    expect(before).to.deep.equal({
      connections: lines,
      subscriptions: threads,
      draining: false,
      figure: lines,
      listening: threads,
    });
    expect(this.delivery.count()).to.deep.equal({
      connections: 0,
      subscriptions: 0,
      draining: false,
      figure: 0,
      listening: 0,
    });
  },
);

// Draining

Given('the instance is draining', function (this: RevenueWorld) {
  return this.delivery.ends.drain();
});

Then(
  '{tab} is asked once to move, and is still shown what is told, until it leaves and the draining is over',
  async function (this: RevenueWorld, { person, name }: Tab) {
    const device = this.delivery.device(person.name, name);
    await this.delivery.append(person.name, this.delivery.run.all('the question'));
    expect(device.told('restarting')).to.have.lengthOf(1);
    expect(this.delivery.shown(person.name, name)).to.deep.equal([1]);
    expect(this.delivery.count()).to.include({ connections: 1, draining: true });
    expect(this.delivery.ends.drained).to.equal(null);
    await this.delivery.ends.leave([[person.name, name]]);
    expect(this.delivery.ends.drained).to.deep.equal({ asked: 1, left: 0 });
  },
);

When('the drain limit is reached and the instance stops', async function (this: RevenueWorld) {
  await this.delivery.ends.reachDrainLimit();
  await this.delivery.ends.stop();
});

Then(
  'the draining ended with {int} of {int} left, and {tab} is closed with {int} because {string}',
  function (this: RevenueWorld, left: number, asked: number, { person, name }: Tab, code: number, reason: string) {
    expect(this.delivery.ends.drained).to.deep.equal({ asked, left });
    expect(this.delivery.device(person.name, name).closed).to.deep.equal({ code, reason });
  },
);

When('the instance stops, and {duration} pass', async function (this: RevenueWorld, ms: number) {
  await this.delivery.ends.stop();
  expect(this.delivery.ends.stopped).to.equal(false);
  await this.delivery.pass(ms);
});

Then('the instance has stopped, and nobody is on a line', function (this: RevenueWorld) {
  expect(this.delivery.ends.stopped).to.equal(true);
  expect(this.delivery.instance().gateway.health().connections).to.equal(0);
});

Given('an instance that nobody is connected to', function (this: RevenueWorld) {
  return this.delivery.begin();
});

When('the drain limit has not been reached', function (this: RevenueWorld) {
  return this.delivery.ends.drain();
});

Then('its draining is over with nobody asked', function (this: RevenueWorld) {
  expect(this.delivery.ends.drained).to.deep.equal({ asked: 0, left: 0 });
});

When('the instance is draining, and her luck is {float}', function (this: RevenueWorld, share: number) {
  this.delivery.luck(share);
  return this.delivery.ends.drain();
});

Then(
  '{tab} is asked to move in {int} milliseconds',
  function (this: RevenueWorld, { person, name }: Tab, reconnectInMs: number) {
    const told = this.delivery.device(person.name, name).told('restarting');
    expect(told.map(({ data }) => data)).to.deep.equal([{ reconnectInMs }]);
  },
);

When(
  'a line that is {line-state} is to be {line-state}',
  function (this: RevenueWorld, now: ConnectionState, next: ConnectionState) {
    this.delivery.rules.lineMoves(now, next);
  },
);

Then('it moves', function (this: RevenueWorld) {
  expect(this.delivery.rules.done).to.deep.equal(['moves']);
});

Then('it stays', function (this: RevenueWorld) {
  expect(this.delivery.rules.done).to.deep.equal(['stays']);
});

Given(
  'the thread {string} of {person} holds {int} events of {count} bytes',
  async function (this: RevenueWorld, title: string, person: Person, count: number, bytes: number) {
    this.cast.named(person.name);
    await this.delivery.threadOf(person.name, title);
    await this.delivery.thoughts(person.name, count, 'x'.repeat(bytes));
  },
);

When(
  '{int} events of {count} bytes are told, one after the other',
  function (this: RevenueWorld, events: number, bytes: number) {
    return this.delivery.oneAfterTheOther(this.cast.lastNamed().name, events, 'x'.repeat(bytes));
  },
);

When('{tab} follows it and does not read', async function (this: RevenueWorld, { person, name }: Tab) {
  const device = await this.delivery.open(person.name, name);
  device.stopReading();
  await this.delivery.follow(person.name, name, this.delivery.thread());
});

Then(
  'between {float} and {int} MiB wait for it, and it is shown events {int} to {int} once it reads',
  async function (this: RevenueWorld, least: number, most: number, from: number, to: number) {
    expect(this.delivery.instance().waitingBytes / 1_048_576).to.be.within(least, most);
    this.delivery.device('Dana', 'phone').readAgain();
    await this.delivery.db.settled();
    const numbers = Array.from({ length: to - from + 1 }, (_, i) => from + i);
    expect(this.delivery.shown('Dana', 'phone')).to.deep.equal(numbers);
  },
);
