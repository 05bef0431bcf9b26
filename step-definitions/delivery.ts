import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Person, Tab } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';

const upTo = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

// Every open tab, once

When('{tab} asks for the thread once more, from the start', function (this: RevenueWorld, { person, name }: Tab) {
  return this.delivery.follow(person.name, name, this.delivery.thread());
});

Then(
  '{tab} is told twice where the thread stands and that it has caught up, now at {int}',
  function (this: RevenueWorld, { person, name }: Tab, headSeq: number) {
    const device = this.delivery.device(person.name, name);
    const threadId = this.delivery.thread();
    expect(device.told('subscribed').map(({ data }) => data)).to.deep.equal([
      { threadId, firstSeq: 1, headSeq: 0 },
      { threadId, firstSeq: 1, headSeq },
    ]);
    expect(device.told('caught_up').map(({ data }) => data)).to.deep.equal([
      { threadId, seq: 0 },
      { threadId, seq: headSeq },
    ]);
    expect(device.told('subscribed').map((told) => told.threadId)).to.deep.equal([threadId, threadId]);
    expect(device.told('caught_up').map((told) => told.threadId)).to.deep.equal([threadId, threadId]);
  },
);

Given('{tab} has left the thread', function (this: RevenueWorld, { person, name }: Tab) {
  return this.delivery.leaveThread(person.name, name);
});

Then(
  'until it came back it was shown nothing, and then events {int} to {int}',
  function (this: RevenueWorld, from: number, to: number) {
    const { name } = this.cast.lastNamed();
    const types = this.delivery.device(name, 'phone').received.map(({ type }) => type);
    const came = ['subscribed', 'user_message', 'caught_up'];
    expect(types).to.deep.equal(['welcome', 'subscribed', 'caught_up', ...came]);
    expect(this.delivery.shown(name, 'phone')).to.deep.equal(upTo(from, to));
  },
);

Given(
  '{person} watches it on {tab} through another instance as well',
  async function (this: RevenueWorld, person: Person, { name }: Tab) {
    await this.delivery.open(person.name, name, { place: 1 });
    await this.delivery.follow(person.name, name, this.delivery.thread());
  },
);

Given('from now on every word between instances is lost', function (this: RevenueWorld) {
  this.delivery.hints.losing = true;
});

Given('from now on no word between instances can be sent', function (this: RevenueWorld) {
  this.delivery.hints.reachable = false;
});

Given('for {duration} words could be sent again', async function (this: RevenueWorld, ms: number) {
  expect(this.delivery.hints.listening).to.equal(0);
  this.delivery.hints.reachable = true;
  await this.delivery.pass(ms);
});

Then(
  '{tab} shows {int} events at once, and {tab} none before {duration} has passed, and then {int}',
  async function (this: RevenueWorld, one: Tab, now: number, other: Tab, ms: number, later: number) {
    expect(this.delivery.shown(one.person.name, one.name)).to.deep.equal(upTo(1, now));
    expect(this.delivery.shown(other.person.name, other.name)).to.deep.equal([]);
    await this.delivery.pass(ms);
    expect(this.delivery.shown(other.person.name, other.name)).to.deep.equal(upTo(1, later));
    expect(this.delivery.shown(one.person.name, one.name)).to.deep.equal(upTo(1, now));
  },
);

Then(
  /^the word was given up (\d+) times, and her agent was told that others see it (at once|within a second)$/,
  function (this: RevenueWorld, times: string, how: string) {
    expect(this.delivery.instance().figures.get('chat_hints_lost_total') ?? 0).to.equal(Number(times));
    expect(this.delivery.lastAppended?.announced).to.equal(how === 'at once' ? 'now' : 'polled');
  },
);

Then(
  '{int} of her {int} devices have it all and {int} is catching up, and a colleague has none',
  function (this: RevenueWorld, upToDate: number, of: number, catchingUp: number) {
    expect(this.delivery.reach('Dana')).to.deep.equal({ total: of, upToDate, catchingUp });
    expect(this.delivery.reach('Ravi')).to.deep.equal({ total: 0, upToDate: 0, catchingUp: 0 });
  },
);

Then(
  'all {int} have it once her phone reads again, and {int} of {int} once it has left the thread',
  async function (this: RevenueWorld, all: number, upToDate: number, of: number) {
    this.delivery.device('Dana', 'phone').readAgain();
    await this.delivery.db.settled();
    expect(this.delivery.reach('Dana')).to.deep.equal({ total: all, upToDate: all, catchingUp: 0 });
    await this.delivery.leaveThread('Dana', 'phone');
    expect(this.delivery.reach('Dana')).to.deep.equal({ total: of, upToDate, catchingUp: 0 });
  },
);

Given(
  'PostgreSQL has answered no questions while {person} agent handed in through another instance: {words}',
  async function (this: RevenueWorld, person: Person, words: string) {
    this.delivery.db.answersQuestions = false;
    await this.delivery.append(person.name, this.delivery.run.all(words), 1);
    await this.delivery.pass(1_000);
    expect(this.delivery.shown(person.name, 'phone')).to.deep.equal([]);
  },
);

When('it answers again for {duration}', async function (this: RevenueWorld, ms: number) {
  this.delivery.db.answersQuestions = true;
  await this.delivery.pass(ms);
});

Then('operators can read that open threads could not be swept', function (this: RevenueWorld) {
  expect(this.delivery.instance().warnings).to.include('PlatformError: PostgreSQL is away.');
});

Then(
  '{tab} and {tab} are shown events {int} to {int}, and what is stored was read {int} time(s)',
  function (this: RevenueWorld, one: Tab, other: Tab, from: number, to: number, looks: number) {
    for (const { person, name } of [one, other]) {
      expect(this.delivery.shown(person.name, name)).to.deep.equal(upTo(from, to));
    }
    expect(this.delivery.looksOfLastAppend).to.equal(looks);
  },
);

When(
  'a device that has been shown {int} events meets: {words}',
  function (this: RevenueWorld, sent: number, happens: string) {
    this.delivery.rules.follow(sent, happens);
  },
);

Then('it is served: {words}', function (this: RevenueWorld, served: string) {
  expect(this.delivery.rules.done).to.deep.equal(served === 'nothing' ? [] : served.split('; '));
});

When(
  '{int} mixes of announcements, looks and failures are met by a device each',
  function (this: RevenueWorld, mixes: number) {
    this.delivery.rules.meetAnyWeather(mixes);
  },
);

Then(
  'each is shown every event once and in order, looks once at a time, and is told once that it has caught up',
  function (this: RevenueWorld) {
    expect(this.delivery.rules.done).to.deep.equal([]);
  },
);

// Whoever was away

Given(
  'the thread {string} of {person} holds {int} events, kept from {int} on',
  async function (this: RevenueWorld, title: string, person: Person, count: number, first: number) {
    await this.delivery.threadOf(person.name, title);
    await this.delivery.thoughts(person.name, count);
    await this.delivery.keepFrom(person.name, first);
  },
);

When(
  '{tab} follows it after event {int}',
  async function (this: RevenueWorld, { person, name }: Tab, afterSeq: number) {
    await this.delivery.open(person.name, name);
    this.delivery.db.looks = 0;
    await this.delivery.follow(person.name, name, this.delivery.thread(), afterSeq);
  },
);

When(
  '{tab} follows it after event {int}, and a run begins before it is told what is there',
  async function (this: RevenueWorld, { person, name }: Tab, afterSeq: number) {
    await this.delivery.open(person.name, name);
    this.delivery.db.looks = 0;
    this.delivery.beginDuringNextLook(person.name);
    await this.delivery.follow(person.name, name, this.delivery.thread(), afterSeq);
  },
);

Then(
  '{tab} is told that the thread holds {int} to {int}',
  function (this: RevenueWorld, { person, name }: Tab, firstSeq: number, headSeq: number) {
    const threadId = this.delivery.thread();
    const told = this.delivery.device(person.name, name).told('subscribed');
    expect(told.map(({ data }) => data)).to.deep.equal([{ threadId, firstSeq, headSeq }]);
  },
);

Then(
  'it is shown events {int} to {int}, in {int} readings, and told that it has caught up',
  function (this: RevenueWorld, from: number, to: number, looks: number) {
    const { name } = this.cast.lastNamed();
    expect(this.delivery.shown(name, 'phone')).to.deep.equal(upTo(from, to));
    expect(this.delivery.db.looks).to.equal(looks);
    const told = this.delivery.device(name, 'phone').told('caught_up');
    expect(told.map(({ data }) => data['seq'])).to.deep.equal([to]);
  },
);

Then(
  '{tab} is told that it has caught up at {int}, and shown nothing',
  function (this: RevenueWorld, { person, name }: Tab, seq: number) {
    const device = this.delivery.device(person.name, name);
    expect(device.told('caught_up').map(({ data }) => data['seq'])).to.deep.equal([seq]);
    expect(this.delivery.shown(person.name, name)).to.deep.equal([]);
  },
);

Then(
  '{tab} is told {string} about {string}: The thread ends at {int}. Start over, after 0.',
  function (this: RevenueWorld, { person, name }: Tab, code: string, field: string, headSeq: number) {
    const message = `The thread ends at ${headSeq}. Start over, after 0.`;
    const told = this.delivery.device(person.name, name).told('error');
    expect(told.map(({ data }) => data)).to.deep.equal([{ code, message, field, headSeq }]);
  },
);

Then('nothing is followed', function (this: RevenueWorld) {
  expect(this.delivery.count()).to.include({ connections: 1, subscriptions: 0, listening: 0 });
});
