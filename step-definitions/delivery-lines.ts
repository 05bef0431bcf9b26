import { defineParameterType, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { papersFor } from '../world/delivery-papers';
import type { Person, Tab } from '../world/person';
import type { PersonName } from '../world/personas';
import type { RevenueWorld } from '../world/revenue-world';

defineParameterType({
  name: 'line-end',
  regexp: /open|gone without a word|closed with \d+ for "[^"]+"/,
  transformer: (text: string) => text,
  useForSnippets: false,
});

// Coming to the door

Given('{person} has a token that is valid for {duration}', function (this: RevenueWorld, person: Person, ms: number) {
  this.delivery.tokenFor(person.name, 'phone', ms);
});

When('{tab} comes to the door {words}', function (this: RevenueWorld, { person, name }: Tab, way: string) {
  this.cast.named(person.name);
  const token = this.delivery.tokenFor(person.name, name, 600_000);
  return this.delivery.knock(person.name, name, papersFor(way, token));
});

When('{tab} comes to the door', function (this: RevenueWorld, { person, name }: Tab) {
  return this.delivery.open(person.name, name);
});

Then(
  '{tab} is welcomed as line of its own, until {duration} from now, to be asked every {duration}',
  function (this: RevenueWorld, { person, name }: Tab, validMs: number, heartbeatMs: number) {
    const device = this.delivery.device(person.name, name);
    const [welcome] = device.received as unknown as { data: { connectionId: string } }[];
    const expiresAt = new Date(this.clock.now() + validMs).toISOString();
    const at = new Date(this.clock.now()).toISOString();
    expect(device.received).to.have.lengthOf(1);
    const data = { connectionId: welcome?.data.connectionId, expiresAt, heartbeatMs };
    expect(welcome).to.deep.equal({ v: 1, type: 'welcome', threadId: null, at, data });
    expect(welcome?.data.connectionId).to.match(/^conn_/);
  },
);

Then(
  'only {string} is named back, and nothing that was said holds her token',
  function (this: RevenueWorld, protocol: string) {
    const device = this.delivery.device(this.cast.lastNamed().name, 'phone');
    expect(device.protocol).to.equal(protocol);
    expect(JSON.stringify(device.received)).to.not.contain('token-of');
  },
);

Then(
  '{tab} is told {string} because {string} and closed with {int}',
  function (this: RevenueWorld, { person, name }: Tab, code: string, message: string, close: number) {
    const device = this.delivery.device(person.name, name);
    expect(device.told('error').map(({ data }) => ({ code: data['code'], message: data['message'] }))).to.deep.equal([
      { code, message },
    ]);
    expect(device.closed).to.deep.equal({ code: close, reason: code });
  },
);

Then('nobody is on a line, and {int} was {word}', function (this: RevenueWorld, count: number, outcome: string) {
  const { figures, gateway } = this.delivery.instance();
  expect(gateway.health()).to.include({ lines: 0, subscriptions: 0 });
  expect([...figures].filter(([name]) => name.startsWith('chat_lines'))).to.have.deep.members([
    ['chat_lines', 0],
    [`chat_lines_total ${outcome}`, count],
  ]);
});

Given('the pages that may connect are: {words}', function (this: RevenueWorld, listed: string) {
  this.delivery.origins = listed.startsWith('https') ? [listed] : [];
});

Then('the door opens', function (this: RevenueWorld) {
  const device = this.delivery.device(this.cast.lastNamed().name, 'phone');
  expect(device.told('welcome')).to.have.lengthOf(1);
});

Then(
  'the door stays shut, {int} {string}: {words}',
  function (this: RevenueWorld, status: number, code: string, detail: string) {
    const title = { 400: 'Bad Request', 403: 'Forbidden' }[status];
    const problem = { type: 'about:blank', title, status, code, detail };
    const { turnedAway, isOpen } = this.delivery.device(this.cast.lastNamed().name, 'phone');
    expect(turnedAway).to.deep.equal({ status, type: 'application/problem+json', problem });
    expect(isOpen).to.equal(false);
  },
);

Given('auth can vouch for nobody', function (this: RevenueWorld) {
  this.delivery.tokens.away = true;
});

Then(
  '{tab} is told {string}, to return after {duration}, and closed with {int}',
  function (this: RevenueWorld, { person, name }: Tab, code: string, retryAfterMs: number, close: number) {
    const device = this.delivery.device(person.name, name);
    expect(device.told('error')).to.have.lengthOf(1);
    expect(device.told('error')[0]?.data).to.deep.include({ code, retryAfterMs });
    expect(device.closed).to.deep.equal({ code: close, reason: code });
  },
);

Then(
  '{tab} stays open for {duration} and more',
  async function (this: RevenueWorld, { person, name }: Tab, ms: number) {
    await this.delivery.pass(ms + 1);
    expect(this.delivery.device(person.name, name).isOpen).to.equal(true);
  },
);

Given('auth has not answered since {tab} came to the door', async function (this: RevenueWorld, { person, name }: Tab) {
  this.cast.named(person.name);
  this.delivery.tokens.hold();
  await this.delivery.open(person.name, name);
});

When('{duration} pass', async function (this: RevenueWorld, ms: number) {
  await this.delivery.passNearly(ms);
});

Then(
  '{tab} is closed with {int} because {string}',
  function (this: RevenueWorld, { person, name }: Tab, code: number, reason: string) {
    const { closed, told } = this.delivery.endOf(person.name, name);
    expect(closed).to.deep.equal({ code, reason });
    expect(told).to.equal('open');
  },
);

Then('nobody is on a line when auth answers after all', async function (this: RevenueWorld) {
  await this.delivery.answerAfterAll();
  expect(this.delivery.instance().gateway.health()).to.include({ lines: 0 });
  expect(this.delivery.device(this.cast.lastNamed().name, 'phone').told('welcome')).to.deep.equal([]);
});

Given('{tab} has said two messages and then nothing', async function (this: RevenueWorld, { person, name }: Tab) {
  await this.delivery.threadOf(person.name, 'Q3 spend');
  for (const text of ['first', 'second']) await this.delivery.ask(person.name, name, text);
  expect(this.delivery.agents.sent).to.deep.equal([]);
});

When('auth answers after all', function (this: RevenueWorld) {
  return this.delivery.answerAfterAll();
});

Then(
  '{tab} is welcomed, and both messages reached the agents in order, in {person} name',
  function (this: RevenueWorld, { person, name }: Tab, _asker: Person) {
    expect(this.delivery.device(person.name, name).received.map(({ type }) => type)).to.deep.equal(['welcome']);
    const { userId } = this.delivery.contextOf(person.name);
    const about = { userId, threadId: this.delivery.thread() };
    expect(this.delivery.agents.sent).to.deep.equal([
      { ...about, clientMessageId: 'c-first', text: 'first' },
      { ...about, clientMessageId: 'c-second', text: 'second' },
    ]);
  },
);

// Staying on the line

Given(
  '{tab} is on a line with a token valid for {duration}',
  async function (this: RevenueWorld, { person, name }: Tab, validMs: number) {
    this.cast.named(person.name);
    await this.delivery.open(person.name, name, { validMs });
  },
);

Then(
  '{tab} was open until then, and is told {string} because {string} and closed with {int}',
  function (this: RevenueWorld, { person, name }: Tab, code: string, message: string, close: number) {
    const device = this.delivery.device(person.name, name);
    expect(this.delivery.endOf(person.name, name).told).to.equal('open');
    expect(device.told('error').map(({ data }) => ({ code: data['code'], message: data['message'] }))).to.deep.equal([
      { code, message },
    ]);
    expect(device.closed).to.deep.equal({ code: close, reason: code });
  },
);

Given('{tab} has renewed it for {duration}', async function (this: RevenueWorld, { person, name }: Tab, ms: number) {
  await this.delivery.pass(1_000);
  await this.delivery.say(person.name, name, { type: 'renew', token: this.delivery.tokenFor(person.name, name, ms) });
});

Then(
  '{tab} is still open, on the same line, having been welcomed twice',
  function (this: RevenueWorld, { person, name }: Tab) {
    const device = this.delivery.device(person.name, name);
    const [first, second, ...more] = device.told('welcome').map(({ data }) => data['connectionId']);
    expect(device.isOpen).to.equal(true);
    expect({ second, more }).to.deep.equal({ second: first, more: [] });
  },
);

When(
  '{tab} renews it with a token of {words}',
  async function (this: RevenueWorld, { person, name }: Tab, whose: string) {
    const other = whose.split(' ')[0] as PersonName;
    const token = whose === 'nobody' ? 'of-nobody' : this.delivery.tokenFor(other, 'laptop');
    await this.delivery.say(person.name, name, { type: 'renew', token, ref: 'r-1' });
  },
);

Then(
  '{tab} is told {string} for {string}, and stays open',
  async function (this: RevenueWorld, { person, name }: Tab, code: string, ref: string) {
    const device = this.delivery.device(person.name, name);
    expect(device.told('error')[0]?.data).to.deep.include({ code, ref });
    await this.delivery.pass(60_000);
    expect(device.isOpen).to.equal(true);
  },
);

When('{person} signs out on {tab}', function (this: RevenueWorld, person: Person, { name }: Tab) {
  this.delivery.tokens.ended.add(this.delivery.sessionOf(person.name, name));
});

Then(
  'within {duration} {tab} is told {string} because {string} and closed with {int}',
  async function (this: RevenueWorld, ms: number, { person, name }: Tab, code: string, message: string, close: number) {
    await this.delivery.pass(ms);
    const device = this.delivery.device(person.name, name);
    expect(device.told('error').map(({ data }) => ({ code: data['code'], message: data['message'] }))).to.deep.equal([
      { code, message },
    ]);
    expect(device.closed).to.deep.equal({ code: close, reason: code });
  },
);

Then('{tab} is still open', async function (this: RevenueWorld, { person, name }: Tab) {
  await this.delivery.pass(3_000);
  expect(this.delivery.device(person.name, name).isOpen).to.equal(true);
});

Given('auth could vouch for nobody for {duration}', async function (this: RevenueWorld, ms: number) {
  this.delivery.tokens.away = true;
  await this.delivery.pass(ms);
  this.delivery.tokens.away = false;
});

Then('operators can read why it could not be told', function (this: RevenueWorld) {
  expect(this.delivery.instance().warnings).to.include('PlatformError: Nobody can be vouched for right now.');
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
  await this.delivery.leave([
    [one.person.name, one.name],
    [other.person.name, other.name],
  ]);
});

Then(
  'before that {int} lines showed {int} threads, and afterwards there is no line, thread or listener left',
  function (this: RevenueWorld, lines: number, threads: number) {
    const { before } = this.delivery;
    expect(before).to.deep.equal({ lines, subscriptions: threads, draining: false, figure: lines, listening: threads });
    expect(this.delivery.count()).to.deep.equal({
      lines: 0,
      subscriptions: 0,
      draining: false,
      figure: 0,
      listening: 0,
    });
  },
);

// Draining

Given('the instance is draining', function (this: RevenueWorld) {
  return this.delivery.drain();
});

Then(
  '{tab} is asked once to move, and is still shown what is told, until it leaves and the draining is over',
  async function (this: RevenueWorld, { person, name }: Tab) {
    const device = this.delivery.device(person.name, name);
    await this.delivery.append(person.name, this.delivery.run.all('the question'));
    expect(device.told('restarting')).to.have.lengthOf(1);
    expect(this.delivery.shown(person.name, name)).to.deep.equal([1]);
    expect(this.delivery.count()).to.include({ lines: 1, draining: true });
    expect(this.delivery.drained).to.equal(null);
    await this.delivery.leave([[person.name, name]]);
    expect(this.delivery.drained).to.deep.equal({ asked: 1, left: 0 });
  },
);

When('the drain limit is reached and the instance stops', async function (this: RevenueWorld) {
  await this.delivery.reachDrainLimit();
  await this.delivery.stop();
});

Then(
  'the draining ended with {int} of {int} left, and {tab} is closed with {int} because {string}',
  function (this: RevenueWorld, left: number, asked: number, { person, name }: Tab, code: number, reason: string) {
    expect(this.delivery.drained).to.deep.equal({ asked, left });
    expect(this.delivery.device(person.name, name).closed).to.deep.equal({ code, reason });
  },
);

When('the instance stops, and {duration} pass', async function (this: RevenueWorld, ms: number) {
  await this.delivery.stop();
  expect(this.delivery.stopped).to.equal(false);
  await this.delivery.pass(ms);
});

Then('the instance has stopped, and nobody is on a line', function (this: RevenueWorld) {
  expect(this.delivery.stopped).to.equal(true);
  expect(this.delivery.instance().gateway.health().lines).to.equal(0);
});

Given('an instance that nobody is connected to', function (this: RevenueWorld) {
  return this.delivery.begin();
});

When('the drain limit has not been reached', function (this: RevenueWorld) {
  return this.delivery.drain();
});

Then('its draining is over with nobody asked', function (this: RevenueWorld) {
  expect(this.delivery.drained).to.deep.equal({ asked: 0, left: 0 });
});

When('the instance is draining, and her luck is {float}', function (this: RevenueWorld, share: number) {
  this.delivery.luck(share);
  return this.delivery.drain();
});

Then(
  '{tab} is asked to move in {int} milliseconds',
  function (this: RevenueWorld, { person, name }: Tab, reconnectInMs: number) {
    const told = this.delivery.device(person.name, name).told('restarting');
    expect(told.map(({ data }) => data)).to.deep.equal([{ reconnectInMs }]);
  },
);

When(
  'people lose their line with {int} and try for the {int}. time',
  function (this: RevenueWorld, code: number, attempt: number) {
    this.delivery.rules.comeBack(attempt, code);
  },
);

Then(
  'they wait from {int} up to {int} milliseconds, {int} half-way',
  function (this: RevenueWorld, least: number, most: number, half: number) {
    const { waits } = this.delivery.rules;
    expect([waits[0], waits[50], waits[100]]).to.deep.equal([least, half, most]);
  },
);

Then('they do not try again', function (this: RevenueWorld) {
  expect(new Set(this.delivery.rules.waits)).to.deep.equal(new Set(['stop']));
});
