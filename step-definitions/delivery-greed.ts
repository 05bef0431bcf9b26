import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Person, Tab } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';

Given("{person}'s phone and laptop are open on two instances", function (this: RevenueWorld, person: Person) {
  this.cast.named(person.name);
  return this.delivery.greed.openOnBoth(person.name);
});

Given(
  'she has sent {int} messages by turns on both, and been told with the 21st to wait for {duration}',
  async function (this: RevenueWorld, count: number, ms: number) {
    await this.delivery.greed.sendByTurns(count);
    await this.delivery.greed.send('phone', 1);
    expect(this.delivery.greed.refusals('phone')).to.deep.equal([{ code: 'rate_limited', retryAfterMs: ms }]);
  },
);

Given(
  'twice more, {duration} later, she has sent {int}',
  async function (this: RevenueWorld, ms: number, count: number) {
    for (let i = 0; i < 2; i++) {
      await this.delivery.pass(ms);
      await this.delivery.greed.sendByTurns(count);
    }
    expect(this.delivery.agents.sent).to.have.lengthOf(3 * count);
  },
);

When('{duration} later she sends the 61st on each of them', async function (this: RevenueWorld, ms: number) {
  await this.delivery.pass(ms);
  for (const device of ['phone', 'laptop'] as const) await this.delivery.greed.send(device, 1);
});

Then(
  'both are told {string}, to go on after {duration}',
  function (this: RevenueWorld, code: string, retryAfterMs: number) {
    for (const device of ['phone', 'laptop'] as const) {
      expect(this.delivery.greed.refusals(device).at(-1)).to.deep.equal({ code, retryAfterMs });
    }
  },
);

Then("Leo's message passes", async function (this: RevenueWorld) {
  await this.delivery.greed.sendAsLeo();
  expect(this.delivery.agents.sent.at(-1)?.userId).to.equal(this.delivery.contextOf('Leo').userId);
});

Then(
  '{duration} later hers passes too, and {int} messages have reached the agents',
  async function (this: RevenueWorld, ms: number, count: number) {
    await this.delivery.pass(ms);
    await this.delivery.greed.send('phone', 1);
    expect(this.delivery.agents.sent).to.have.lengthOf(count);
  },
);

When('each of them sends {int} messages', async function (this: RevenueWorld, count: number) {
  for (const device of ['phone', 'laptop'] as const) await this.delivery.greed.send(device, count);
});

Then('{int} messages have reached the agents', function (this: RevenueWorld, count: number) {
  expect(this.delivery.agents.sent).to.have.lengthOf(count);
});

Given('her phone has sent {int} messages', function (this: RevenueWorld, count: number) {
  return this.delivery.greed.send('phone', count);
});

When(
  'her phone sends {int} more, and her laptop {int}',
  async function (this: RevenueWorld, phone: number, laptop: number) {
    await this.delivery.greed.send('phone', phone);
    await this.delivery.greed.send('laptop', laptop);
  },
);

Then('{tab} is open, and was refused {int} times', function (this: RevenueWorld, { person, name }: Tab, times: number) {
  expect(this.delivery.device(person.name, name).isOpen).to.equal(true);
  const codes = this.delivery.greed.refusals(name).map(({ code }) => code);
  expect(codes).to.deep.equal(Array<string>(times).fill('rate_limited'));
});

Then(
  '{tab} was refused {int} times, and then told {string} and closed with {int}',
  function (this: RevenueWorld, { person, name }: Tab, times: number, reason: string, code: number) {
    const codes = this.delivery.greed.refusals(name).map((refusal) => refusal.code);
    expect(codes).to.deep.equal([...Array<string>(times).fill('rate_limited'), reason]);
    expect(this.delivery.device(person.name, name).closed).to.deep.equal({ code, reason });
  },
);

When(
  'her phone sends {int} messages, and another {int} a minute later',
  async function (this: RevenueWorld, count: number, later: number) {
    await this.delivery.greed.send('phone', count);
    await this.delivery.pass(60_000);
    await this.delivery.greed.send('phone', later);
  },
);

When('{tab} asks for {int} signs of life at once', function (this: RevenueWorld, { name }: Tab, count: number) {
  return this.delivery.greed.ping(name, count);
});

Then(
  'it is given {int}, and told {int} times {string}, to go on after {duration}',
  function (this: RevenueWorld, given: number, times: number, code: string, retryAfterMs: number) {
    const { received } = this.delivery.device('Dana', 'phone');
    const types = received.map(({ type }) => type).filter((type) => type === 'pong' || type === 'error');
    expect(types).to.deep.equal([...Array<string>(given).fill('pong'), ...Array<string>(times).fill('error')]);
    expect(this.delivery.greed.refusals('phone')).to.deep.equal(Array(times).fill({ code, retryAfterMs }));
  },
);

Then(
  'her laptop is given a sign of life at once, and her phone {duration} later',
  async function (this: RevenueWorld, ms: number) {
    await this.delivery.greed.ping('laptop', 1);
    expect(this.delivery.device('Dana', 'laptop').told('pong')).to.have.lengthOf(1);
    const before = this.delivery.device('Dana', 'phone').told('pong').length;
    await this.delivery.pass(ms);
    await this.delivery.greed.ping('phone', 1);
    expect(this.delivery.device('Dana', 'phone').told('pong')).to.have.lengthOf(before + 1);
  },
);

Given(
  'her phone has sent {int} messages three times, {duration} apart, Leo one before each',
  function (this: RevenueWorld, count: number, ms: number) {
    return this.delivery.greed.rounds(count, 3, ms);
  },
);

When('{duration} later Leo writes once more, and her phone too', async function (this: RevenueWorld, ms: number) {
  await this.delivery.pass(ms);
  await this.delivery.greed.rounds(1, 1, 0);
});

Then(
  'her phone is told {string}, to go on after {duration}',
  function (this: RevenueWorld, code: string, retryAfterMs: number) {
    expect(this.delivery.greed.refusals('phone')).to.deep.equal([{ code, retryAfterMs }]);
  },
);

Then('the reason is that {string}', function (this: RevenueWorld, words: string) {
  expect(this.delivery.greed.reason).to.equal(words);
});

Given(
  'her laptop has sent {int} messages, and {duration} later her phone was refused {int}',
  async function (this: RevenueWorld, laptop: number, ms: number, phone: number) {
    await this.delivery.greed.send('laptop', laptop);
    await this.delivery.pass(ms);
    await this.delivery.greed.send('phone', phone);
    expect(this.delivery.greed.refusals('phone')).to.have.lengthOf(phone);
  },
);

When('{duration} later her phone sends {int} messages', async function (this: RevenueWorld, ms: number, count: number) {
  await this.delivery.pass(ms);
  await this.delivery.greed.send('phone', count);
});

Given('the agents do not answer what her phone has sent', async function (this: RevenueWorld) {
  this.delivery.agents.hold();
  await this.delivery.greed.send('phone', 1);
});

When(
  'her phone says {int} things of {count} bytes at once',
  function (this: RevenueWorld, count: number, bytes: number) {
    return this.delivery.greed.babble('phone', count, bytes);
  },
);

Then(
  'between {count} and {count} bytes of it wait outside',
  function (this: RevenueWorld, least: number, most: number) {
    expect(this.delivery.device('Dana', 'phone').unheardBytes).to.be.within(least, most);
  },
);

Then('all of it is answered once the agents have answered', async function (this: RevenueWorld) {
  this.delivery.agents.letGo();
  await this.delivery.db.settled();
  expect(this.delivery.device('Dana', 'phone').unheardBytes).to.equal(0);
  const codes = this.delivery.greed.refusals('phone').map(({ code }) => code);
  expect(codes).to.deep.equal(Array<string>(45).fill('invalid_json'));
});

// At the door

Given(
  '{int} devices with bad tokens came from the address {word}',
  async function (this: RevenueWorld, count: number, address: string) {
    await this.delivery.greed.comeWithBadTokens(address, count);
  },
);

Then('{person} is welcomed from that address, too', async function (this: RevenueWorld, { name }: Person) {
  expect(await this.delivery.greed.comeFromThere(name)).to.equal('welcome');
});

When('a device {words} comes from that address, and from another one', function (this: RevenueWorld, how: string) {
  return this.delivery.greed.strangerFromBoth(how);
});

Given('the load balancers are at: {words}', function (this: RevenueWorld, listed: string) {
  this.delivery.trustedProxies = listed === 'none' ? [] : listed.split(', ');
});

Given(
  '{int} devices with bad tokens came through {word}, forwarded for {string}',
  function (this: RevenueWorld, count: number, through: string, forwardedFor: string) {
    return this.delivery.greed.comeForwarded(through, forwardedFor, count);
  },
);

When(
  'one more bad token comes through {word}, forwarded for {string}, and for {string}',
  function (this: RevenueWorld, through: string, one: string, other: string) {
    return this.delivery.greed.comeForwardedTwice(through, one, other);
  },
);

Then('they are answered {string} and {string}', function (this: RevenueWorld, one: string, other: string) {
  expect(this.delivery.greed.answers).to.deep.equal([one, other]);
});

Given('{int} people of one address were let in', function (this: RevenueWorld, count: number) {
  return this.delivery.greed.letIn(count);
});

Given(
  '{int} devices of that address failed: without a token, with one in the address, from a page that may not connect',
  function (this: RevenueWorld, count: number) {
    return this.delivery.greed.failInTurn(count);
  },
);
