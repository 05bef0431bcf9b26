import { Given, Then, When, type DataTable } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Person, Tab } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';

const LIMIT = 'connection_limit, 4409';

// Who has room

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
  expect(await this.delivery.room.oneMore('Dana', 1)).to.equal('welcome');
  expect(await this.delivery.room.oneMore('Dana', 1)).to.equal(LIMIT);
});

Then("Leo's phone is welcomed all the same", async function (this: RevenueWorld) {
  expect(await this.delivery.room.oneMore('Leo')).to.equal('welcome');
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

When('{int} devices of her company that were open elsewhere leave', function (this: RevenueWorld, count: number) {
  return this.delivery.room.othersLeave(count);
});

Then("2 more of Dana's are welcomed there and on another instance", async function (this: RevenueWorld) {
  expect(await this.delivery.room.oneMore('Dana', 0)).to.equal('welcome');
  expect(await this.delivery.room.oneMore('Dana', 1)).to.equal('welcome');
});

Given(
  '{int} devices of {person} are open, {int} on each of two instances',
  async function (this: RevenueWorld, count: number, person: Person, each: number) {
    for (const place of [0, 1]) await this.delivery.room.comeTo(place, person.name, each);
    expect(this.delivery.room.answers).to.deep.equal({ welcome: count });
  },
);

Given('{duration} later one more of hers was refused on both', async function (this: RevenueWorld, ms: number) {
  await this.delivery.pass(ms);
  expect(await this.delivery.room.oneMore('Dana', 0)).to.equal(LIMIT);
  expect(await this.delivery.room.oneMore('Dana', 1)).to.equal(LIMIT);
});

When('the second instance is killed', function (this: RevenueWorld) {
  return this.delivery.kill(1);
});

Then(
  'one more of hers is refused on the first for {duration}, and then {int} more are welcomed',
  async function (this: RevenueWorld, ms: number, more: number) {
    await this.delivery.pass(ms - 1);
    expect(await this.delivery.room.oneMore('Dana')).to.equal(LIMIT);
    await this.delivery.pass(1);
    for (let i = 0; i < more; i++) expect(await this.delivery.room.oneMore('Dana')).to.equal('welcome');
    expect(await this.delivery.room.oneMore('Dana')).to.equal(LIMIT);
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
    expect(await this.delivery.room.oneMore('Dana', 0)).to.equal(LIMIT);
    expect(await this.delivery.room.oneMore('Dana', 1)).to.equal(LIMIT);
  },
);

Then(
  '{duration} after {int} have left, one more is welcomed and the next is not',
  async function (this: RevenueWorld, ms: number, count: number) {
    for (let i = 0; i < count; i++) await this.delivery.room.oneLeaves();
    await this.delivery.pass(ms);
    expect(await this.delivery.room.oneMore('Dana')).to.equal('welcome');
    expect(await this.delivery.room.oneMore('Dana')).to.equal(LIMIT);
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
    await this.delivery.leave([['Dana', 'phone']]);
    expect(await this.delivery.room.oneMore('Leo')).to.equal('welcome');
  },
);

When('that instance is draining, and {int} come to another one', async function (this: RevenueWorld, count: number) {
  await this.delivery.drain();
  await this.delivery.room.comeTo(1, 'Dana', count);
});

Then('all {int} are open, and one more is refused there', async function (this: RevenueWorld, count: number) {
  expect(this.delivery.room.open).to.have.lengthOf(count);
  expect(await this.delivery.room.oneMore('Dana', 1)).to.equal(LIMIT);
});

Then(
  'once one was closed from another device, one more is welcomed there and the next is not',
  async function (this: RevenueWorld) {
    await this.delivery.room.oneIsClosed('Dana');
    expect(await this.delivery.room.oneMore('Dana')).to.equal('welcome');
    expect(await this.delivery.room.oneMore('Dana')).to.equal(LIMIT);
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
    expect(await this.delivery.room.oneMore('Dana', 1)).to.equal(LIMIT);
    await this.delivery.pass(1);
    expect(await this.delivery.room.oneMore('Dana', 1)).to.equal('welcome');
  },
);

When('one more comes and asks {string} before it is answered', async function (this: RevenueWorld, text: string) {
  this.delivery.room.outcome = await this.delivery.room.oneMoreAsking('Dana', text);
});

Then('it is told {string}, and the agents are asked nothing', function (this: RevenueWorld, answer: string) {
  expect(this.delivery.room.outcome).to.equal(answer);
  expect(this.delivery.agents.sent).to.deep.equal([]);
});

// Which devices there are

Given(
  '{person} watches the thread {string} on a line of {tab}, through another instance',
  async function (this: RevenueWorld, person: Person, title: string, { name }: Tab) {
    await this.delivery.pass(1_000);
    await this.delivery.watch(person.name, name, title, 1);
  },
);

Given('{tab} came to the door and follows nothing', async function (this: RevenueWorld, { person, name }: Tab) {
  await this.delivery.pass(1_000);
  await this.delivery.open(person.name, name);
});

When(
  '{person} looks at her open devices {duration} later, on either instance',
  async function (this: RevenueWorld, person: Person, ms: number) {
    await this.delivery.pass(ms);
    await this.delivery.room.look(person.name, 0);
    const { seen } = this.delivery.room;
    await this.delivery.room.look(person.name, 1);
    expect(this.delivery.room.seen).to.deep.equal(seen);
  },
);

Then(
  'she sees them in the order they were opened, and nobody else does, a colleague included:',
  async function (this: RevenueWorld, table: DataTable) {
    const { room } = this.delivery;
    expect(room.seen.map((one) => room.describe(one))).to.deep.equal(table.hashes());
    const sessions = table.hashes().map(({ device = '' }) => this.delivery.sessionOf('Dana', device));
    expect(room.seen.map(({ sessionId }) => sessionId)).to.deep.equal(sessions);
    for (const other of ['Ravi', 'Leo'] as const) {
      await room.look(other, 0);
      expect(room.seen).to.deep.equal([]);
    }
  },
);

When('{tab} leaves its thread, and {tab} leaves for good', async function (this: RevenueWorld, one: Tab, other: Tab) {
  await this.delivery.leaveThread(one.person.name, one.name, 'Q3 spend');
  await this.delivery.leave([[other.person.name, other.name]]);
});

Then(
  /^from the (first|second) instance she sees (.+)$/,
  async function (this: RevenueWorld, which: string, expected: string) {
    const { room } = this.delivery;
    await room.look('Dana', which === 'first' ? 0 : 1);
    const seen = room.seen.map((one) => Object.values(room.describe(one)).join(' ').trim());
    expect(seen.join(', ')).to.equal(expected);
  },
);

Given(
  '{person} has a phone open, and a laptop through another instance that was killed',
  async function (this: RevenueWorld, person: Person) {
    await this.delivery.open(person.name, 'phone');
    await this.delivery.open(person.name, 'laptop', { place: 1 });
    await this.delivery.kill(1);
  },
);

When('{int} seconds have gone by since they were opened', function (this: RevenueWorld, seconds: number) {
  return this.delivery.pass(seconds * 1_000);
});

Then('operators can read {string}', function (this: RevenueWorld, words: string) {
  expect(this.delivery.instance().written.join('\n')).to.contain(words);
});

// Whose lines end

Given(
  '{person} has a phone open, and a laptop through another instance',
  async function (this: RevenueWorld, person: Person) {
    this.cast.named(person.name);
    await this.delivery.open(person.name, 'phone');
    await this.delivery.open(person.name, 'laptop', { place: 1 });
  },
);

Given('{person} has a tablet open', async function (this: RevenueWorld, person: Person) {
  await this.delivery.open(person.name, 'tablet');
});

When('{person} closes {words} from the first instance', function (this: RevenueWorld, person: Person, which: string) {
  const device = /phone|laptop/.exec(which)?.[0];
  const { room } = this.delivery;
  return room.disconnect(
    person.name,
    device === undefined ? this.connections.ids.next('conn') : room.connectionOf('Dana', device),
  );
});

Then('the answer is {string}, and {words} still open', function (this: RevenueWorld, answer: string, open: string) {
  expect(this.delivery.room.outcome).to.equal(answer);
  for (const device of ['phone', 'laptop']) {
    const closed = open.includes(device) ? null : { code: 4403, reason: 'disconnected' };
    expect(this.delivery.device('Dana', device).closed).to.deep.equal(closed);
  }
});

When('the access of {words} is ended', function (this: RevenueWorld, whose: string) {
  return this.delivery.room.endAccess(whose);
});

When(
  "auth has vouched for nobody of {person}'s company for {duration}, and {tab} comes to the door",
  async function (this: RevenueWorld, person: Person, ms: number, { name }: Tab) {
    this.delivery.tokens.suspended.add(this.delivery.contextOf(person.name).tenantId);
    await this.delivery.pass(ms);
    await this.delivery.open(person.name, name);
  },
);

Then('{int} on the first instance are closed', function (this: RevenueWorld, count: number) {
  expect(this.delivery.room.outcome).to.equal(`${count} closed`);
});

Then(
  'of all devices {words} still open, and the others were told {string} and closed with {int}',
  function (this: RevenueWorld, open: string, reason: string, code: number) {
    for (const [key, device] of this.delivery.devices) {
      const told = device.told('error').map(({ data }) => data['code']);
      const isOpen = open.includes(key.replace(' ', "'s "));
      expect({ key, told, closed: device.closed }).to.deep.equal(
        isOpen ? { key, told: [], closed: null } : { key, told: [reason], closed: { code, reason } },
      );
    }
  },
);

Given(
  'operators could read that others could not be told when the access of {words} was ended',
  async function (this: RevenueWorld, whose: string) {
    await this.delivery.room.endAccess(whose);
    expect(this.delivery.instance().written.join('\n')).to.contain(
      'other instances could not be told whose lines to close',
    );
  },
);

When(
  'the access of {words} is ended after Redis has been within reach for {duration}',
  async function (this: RevenueWorld, whose: string, ms: number) {
    await this.delivery.room.setRedis(true);
    await this.delivery.pass(ms);
    await this.delivery.room.endAccess(whose);
  },
);

Then('of all devices none is still open', function (this: RevenueWorld) {
  expect([...this.delivery.devices.values()].filter(({ isOpen }) => isOpen)).to.deep.equal([]);
});

// What operators are told

Given(
  '{int} devices each of {person}, {person} and {person} came, and followed a thread of their own with {int} events',
  async function (this: RevenueWorld, devices: number, one: Person, two: Person, three: Person, events: number) {
    for (const { name } of [one, two, three]) await this.delivery.churn.come(name, devices, events);
  },
);

When(
  "{int} of each person's devices leave, {int} are torn off and {int} says too much at once",
  function (this: RevenueWorld, left: number, torn: number, closed: number) {
    return this.delivery.churn.go({ left, torn, closed });
  },
);

Then('operators are told the same as the devices saw, which is:', function (this: RevenueWorld, table: DataTable) {
  const expected = Object.fromEntries(Object.entries(table.hashes()[0] ?? {}).map(([name, n]) => [name, Number(n)]));
  expect(this.delivery.churn.seen()).to.deep.equal(expected);
  expect(this.delivery.churn.told()).to.deep.equal(expected);
});
