import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { papersFor } from '../world/delivery-papers';
import type { Person, Tab } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';

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
  expect(gateway.health()).to.include({ connections: 0, subscriptions: 0 });
  expect(figures.get('chat_connections') ?? 0).to.equal(0);
  expect([...figures].filter(([name]) => name.startsWith('chat_connections_total'))).to.deep.equal([
    [`chat_connections_total ${outcome}`, count],
  ]);
});

Then('no part of a token was said, named back or written down', function (this: RevenueWorld) {
  const { received, protocol, closed } = this.delivery.device(this.cast.lastNamed().name, 'phone');
  const { written } = this.delivery.instance();
  expect(JSON.stringify({ received, protocol, closed, written })).to.not.match(/token-of|of-nobody|bearer\./i);
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
    const problem = { type: 'about:blank', title: 'Bad Request', status, code, detail };
    const { turnedAway, isOpen } = this.delivery.device(this.cast.lastNamed().name, 'phone');
    expect(turnedAway).to.deep.equal({ status, type: 'application/problem+json', problem });
    expect(isOpen).to.equal(false);
  },
);

Then(
  'the door closes with {int} {string}: {words}',
  function (this: RevenueWorld, close: number, code: string, message: string) {
    const device = this.delivery.device(this.cast.lastNamed().name, 'phone');
    expect(device.told('error').map(({ data }) => data)).to.deep.equal([{ code, message }]);
    expect(device.closed).to.deep.equal({ code: close, reason: code });
  },
);

Given('an instance that is still starting', function (this: RevenueWorld) {
  this.delivery.starting = true;
});

Given('auth can vouch for nobody', function (this: RevenueWorld) {
  this.delivery.tokens.away = 'for two seconds';
});

Given('auth can vouch for nobody, nor say for how long', function (this: RevenueWorld) {
  this.delivery.tokens.away = 'for who knows how long';
});

Given('auth fails in a way that nobody foresaw', function (this: RevenueWorld) {
  this.delivery.tokens.away = 'broken';
});

Then('{tab} is welcomed once auth is well again', async function (this: RevenueWorld, { person, name }: Tab) {
  this.delivery.tokens.away = false;
  const device = await this.delivery.open(person.name, name);
  expect(device.told('welcome')).to.have.lengthOf(1);
});

Then('it was told to return after {duration}', function (this: RevenueWorld, retryAfterMs: number) {
  const told = this.delivery.device(this.cast.lastNamed().name, 'phone').told('error');
  expect(told.map(({ data }) => data)).to.deep.equal([
    {
      code: 'auth_unavailable',
      message: 'Authentication is temporarily unavailable. Try again in a moment.',
      retryAfterMs,
    },
  ]);
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
  expect(this.delivery.instance().gateway.health()).to.include({ connections: 0 });
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
