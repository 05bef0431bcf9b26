import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Person, Tab } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';

const LIMIT = 'connection_limit, 4409';

When(
  '{int} devices of {person} come at once through two instances',
  function (this: RevenueWorld, count: number, person: Person) {
    return this.delivery.room.comeAtOnce(person.name, count);
  },
);

Then(
  '{int} are welcomed, and {int} are told {string} and closed with {int}',
  function (this: RevenueWorld, welcome: number, refused: number, code: string, close: number) {
    expect(this.delivery.room.answers).to.deep.equal({ welcome, [`${code}, ${close}`]: refused });
  },
);

Then('once one has left, one more is welcomed and the next is not', async function (this: RevenueWorld) {
  await this.delivery.room.oneLeaves();
  expect(await this.delivery.room.oneMore(this.cast.lastNamed().name, 1)).to.equal('welcome');
  expect(await this.delivery.room.oneMore(this.cast.lastNamed().name, 1)).to.equal(LIMIT);
});

Then('{tab} is welcomed all the same', async function (this: RevenueWorld, { person }: Tab) {
  expect(await this.delivery.room.oneMore(person.name)).to.equal('welcome');
});

Then('{tab} is welcomed', function (this: RevenueWorld, { person, name }: Tab) {
  expect(this.delivery.device(person.name, name).told('welcome')).to.have.lengthOf(1);
});

Given(
  "{int} devices of {person}'s company are open elsewhere",
  function (this: RevenueWorld, count: number, person: Person) {
    return this.delivery.room.othersOf(person.name, count);
  },
);

Given(
  '{int} devices of {person} have come through one instance',
  function (this: RevenueWorld, count: number, person: Person) {
    return this.delivery.room.comeTo(0, person.name, count);
  },
);

Given(
  '{duration} later {int} other devices of her company are open elsewhere',
  async function (this: RevenueWorld, ms: number, count: number) {
    await this.delivery.pass(ms);
    await this.delivery.room.othersOf(this.cast.lastNamed().name, count);
  },
);

When('{int} devices of his company that were open elsewhere leave', function (this: RevenueWorld, count: number) {
  return this.delivery.room.othersLeave(count);
});

Then('2 more of his are welcomed there and on another instance', async function (this: RevenueWorld) {
  expect(await this.delivery.room.oneMore(this.cast.lastNamed().name, 0)).to.equal('welcome');
  expect(await this.delivery.room.oneMore(this.cast.lastNamed().name, 1)).to.equal('welcome');
});

Given(
  '{int} devices of {person} are open, {int} on each of two instances',
  async function (this: RevenueWorld, count: number, person: Person, each: number) {
    for (const place of [0, 1]) await this.delivery.room.comeTo(place, person.name, each);
    expect(this.delivery.room.answers).to.deep.equal({ welcome: count });
  },
);

Given('{duration} later one more of his was refused on both', async function (this: RevenueWorld, ms: number) {
  await this.delivery.pass(ms);
  expect(await this.delivery.room.oneMore(this.cast.lastNamed().name, 0)).to.equal(LIMIT);
  expect(await this.delivery.room.oneMore(this.cast.lastNamed().name, 1)).to.equal(LIMIT);
});

When('the second instance is killed', function (this: RevenueWorld) {
  return this.delivery.ends.kill(1);
});

Then(
  'one more of his is refused on the first for {duration}, and then {int} more are welcomed',
  async function (this: RevenueWorld, ms: number, more: number) {
    await this.delivery.pass(ms - 1);
    expect(await this.delivery.room.oneMore(this.cast.lastNamed().name)).to.equal(LIMIT);
    await this.delivery.pass(1);
    for (let i = 0; i < more; i++)
      expect(await this.delivery.room.oneMore(this.cast.lastNamed().name)).to.equal('welcome');
    expect(await this.delivery.room.oneMore(this.cast.lastNamed().name)).to.equal(LIMIT);
  },
);

Given('Redis is within reach', function (this: RevenueWorld) {
  return this.delivery.room.setRedis(true);
});

Given('Redis is out of reach', function (this: RevenueWorld) {
  return this.delivery.room.setRedis(false);
});

When('Redis has been within reach for {duration}', async function (this: RevenueWorld, ms: number) {
  await this.delivery.room.setRedis(true);
  await this.delivery.pass(ms);
});

When(
  '{int} devices of {person} come through each of two instances',
  async function (this: RevenueWorld, count: number, person: Person) {
    for (const place of [0, 1]) await this.delivery.room.comeTo(place, person.name, count);
  },
);

Given(
  '{int} devices of {person} have come through each of two instances',
  async function (this: RevenueWorld, count: number, person: Person) {
    for (const place of [0, 1]) await this.delivery.room.comeTo(place, person.name, count);
  },
);

Then(
  'all {int} are still open, and one more is refused on both instances',
  async function (this: RevenueWorld, count: number) {
    expect(this.delivery.room.open).to.have.lengthOf(count);
    expect(await this.delivery.room.oneMore(this.cast.lastNamed().name, 0)).to.equal(LIMIT);
    expect(await this.delivery.room.oneMore(this.cast.lastNamed().name, 1)).to.equal(LIMIT);
  },
);

Then(
  '{duration} after {int} have left, one more is welcomed and the next is not',
  async function (this: RevenueWorld, ms: number, count: number) {
    for (let i = 0; i < count; i++) await this.delivery.room.oneLeaves();
    await this.delivery.pass(ms);
    expect(await this.delivery.room.oneMore(this.cast.lastNamed().name)).to.equal('welcome');
    expect(await this.delivery.room.oneMore(this.cast.lastNamed().name)).to.equal(LIMIT);
  },
);

Given('an instance that has room for {int} devices', function (this: RevenueWorld, count: number) {
  this.delivery.mostLines = count;
});

Then(
  "Dana's phone and laptop are still shown what is told, and Leo is welcomed once one has left",
  async function (this: RevenueWorld) {
    for (const [device, title] of [
      ['phone', 'Q3 spend'],
      ['laptop', 'Team offsite'],
    ] as const) {
      this.delivery.startAnotherRun();
      await this.delivery.append('Dana', this.delivery.run.all('the question'), 0, title);
      expect(this.delivery.shown('Dana', device, title)).to.deep.equal([1]);
    }
    await this.delivery.ends.leave([['Dana', 'phone']]);
    expect(await this.delivery.room.oneMore('Leo')).to.equal('welcome');
  },
);

When('that instance is draining, and {int} come to another one', async function (this: RevenueWorld, count: number) {
  await this.delivery.ends.drain();
  await this.delivery.room.comeTo(1, this.cast.lastNamed().name, count);
});

Then('all {int} are open, and one more is refused there', async function (this: RevenueWorld, count: number) {
  expect(this.delivery.room.open).to.have.lengthOf(count);
  expect(await this.delivery.room.oneMore(this.cast.lastNamed().name, 1)).to.equal(LIMIT);
});

Then(
  'once one was closed from another device, one more is welcomed there and the next is not',
  async function (this: RevenueWorld) {
    await this.delivery.room.oneIsClosed(this.cast.lastNamed().name);
    expect(await this.delivery.room.oneMore(this.cast.lastNamed().name)).to.equal('welcome');
    expect(await this.delivery.room.oneMore(this.cast.lastNamed().name)).to.equal(LIMIT);
  },
);

When(
  'Redis is out of reach while one of them leaves, and back for {duration}',
  async function (this: RevenueWorld, ms: number) {
    await this.delivery.room.setRedis(false);
    await this.delivery.room.oneLeaves();
    await this.delivery.room.setRedis(true);
    await this.delivery.pass(ms);
  },
);

Then(
  'one more is refused on the other instance for {duration}, and then welcomed',
  async function (this: RevenueWorld, ms: number) {
    await this.delivery.pass(ms - 1);
    expect(await this.delivery.room.oneMore(this.cast.lastNamed().name, 1)).to.equal(LIMIT);
    await this.delivery.pass(1);
    expect(await this.delivery.room.oneMore(this.cast.lastNamed().name, 1)).to.equal('welcome');
  },
);

When('one more comes and asks {string} before it is answered', async function (this: RevenueWorld, text: string) {
  this.delivery.room.outcome = await this.delivery.room.oneMoreAsking(this.cast.lastNamed().name, text);
});

Then('it is told {string}, and the agents are asked nothing', function (this: RevenueWorld, answer: string) {
  expect(this.delivery.room.outcome).to.equal(answer);
  expect(this.delivery.agents.sent).to.deep.equal([]);
});
