import { Given, Then, When, type DataTable } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Person, Tab } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';

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
  await this.delivery.ends.leave([[other.person.name, other.name]]);
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
    await this.delivery.ends.kill(1);
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
      'other instances could not be told whose connections to close',
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
