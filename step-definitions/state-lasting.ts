import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { eventually } from '../world/eventually';
import type { Person } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';

Given(/^what is kept here (must outlive|may go with) Redis$/, function (this: RevenueWorld, what: string) {
  this.state.lasting.choose(what === 'must outlive');
});

Given('Redis has lost everything of {person} company', function (this: RevenueWorld, { name }: Person) {
  return this.state.lose(name);
});

Given(
  '{person} has something that must last, and a copy of it in Redis',
  async function (this: RevenueWorld, { name }: Person) {
    expect(await this.state.lasting.write(name)).to.equal('fresh');
    expect(await this.state.lasting.copiedItems(name)).to.have.length(1);
  },
);

// Reading

When('{person} looks at it once', function (this: RevenueWorld, { name }: Person) {
  return this.state.lasting.look(name);
});

When('{person} looks at it twice', async function (this: RevenueWorld, { name }: Person) {
  await this.state.lasting.look(name);
  await this.state.lasting.look(name);
});

When(
  '{duration} later {person} looks at it twice',
  async function (this: RevenueWorld, later: number, { name }: Person) {
    this.clock.advance(later);
    await this.state.lasting.look(name);
    await this.state.lasting.look(name);
  },
);

Then(
  '{person} is given {string} in version {int}, ending in {duration}, first from PostgreSQL and then from Redis',
  function (this: RevenueWorld, _person: Person, value: string, version: number, life: number) {
    const given = this.state.lasting.given.map((one) => ({
      ...{ value: one?.value, version: one?.version, source: one?.source },
      life: Number(one?.expiresAt) - this.clock.now(),
    }));
    expect(given).to.deep.equal(['warm', 'hot'].map((source) => ({ value, version, source, life })));
  },
);

When('{int} readers look at it at once', function (this: RevenueWorld, readers: number) {
  return this.state.lasting.lookAtOnce('Dana', readers);
});

Then(
  'each of the {int} is given {string}, and PostgreSQL was asked once',
  function (this: RevenueWorld, readers: number, value: string) {
    expect(this.state.lasting.given.map((one) => one?.value)).to.deep.equal(Array(readers).fill(value));
    expect(this.state.warm.loads).to.equal(1);
  },
);

Given('a slow fetch of it is under way', function (this: RevenueWorld) {
  return this.state.lasting.fetchSlowly('Dana');
});

When(
  /^meanwhile it is (?:changed to "(.*)"|removed) through another instance$/,
  function (this: RevenueWorld, value: string | undefined) {
    return this.state.lasting.changeElsewhere('Dana', value);
  },
);

Then('who looks next is given {string}, from Redis', async function (this: RevenueWorld, value: string) {
  await this.state.lasting.look('Dana');
  expect(this.state.lasting.last).to.include({ value, source: 'hot' });
});

Then('who looks next is given nothing', async function (this: RevenueWorld) {
  expect(await this.state.lasting.copiedItems('Dana')).to.deep.equal([]);
  await this.state.lasting.look('Dana');
  expect(this.state.refused).to.equal(null);
  expect(this.state.lasting.last).to.equal(undefined);
});

Given(
  'an old copy of it came back after {person} had changed it to {string}',
  async function (this: RevenueWorld, { name }: Person, value: string) {
    await this.state.lasting.rememberCopy(name);
    await this.state.lasting.write(name, value);
    await this.state.lasting.bringBackCopy(name);
  },
);

When(
  /^she looks at it after ([\d,]+) milliseconds, (as usual|asking for the latest)$/,
  function (this: RevenueWorld, passed: string, how: string) {
    this.state.endQuietly(Number(passed.replaceAll(',', '')));
    return this.state.lasting.look('Dana', how === 'as usual' ? 'hot' : 'latest');
  },
);

Then('{person} is given {string}', function (this: RevenueWorld, _person: Person, value: string) {
  expect(this.state.lasting.last?.value).to.equal(value);
});

When(
  '{person} changes it to {string} on the strength of the old copy',
  function (this: RevenueWorld, { name }: Person, value: string) {
    return this.state.lasting.changeOnTheStrengthOfCopy(name, value);
  },
);

When('{person} adds {string} to it', function (this: RevenueWorld, { name }: Person, more: string) {
  return this.state.lasting.add(name, more);
});

When(
  '{person} removes the one in the thread {string} and writes it again',
  function (this: RevenueWorld, { name }: Person, id: string) {
    return this.state.lasting.removeAndWriteAgain(name, id);
  },
);

Then(
  '{person} list of all threads begins with the thread {string}',
  async function (this: RevenueWorld, { name }: Person, id: string) {
    expect(await this.state.lasting.firstListed(name)).to.equal(id);
  },
);

// What PostgreSQL holds

When(
  'everything PostgreSQL holds of {person} company is searched',
  async function (this: RevenueWorld, { name }: Person) {
    this.state.atHand.seen = await this.state.lasting.rawText(name);
  },
);

Then('PostgreSQL keeps nothing of {person} notes', async function (this: RevenueWorld, { name }: Person) {
  await eventually(async () => expect(await this.state.lasting.rawText(name)).to.equal('\n\n\n'));
});

Given(
  '{person} has erased {person} through another instance',
  async function (this: RevenueWorld, by: Person, whom: Person) {
    const { state } = this;
    await (await state.start()).clear(state.who(by.name), { person: state.who(whom.name).userId });
  },
);

Then(
  /^(nothing is left to be told, and )?neither store names (Dana) but by the mark that she was erased$/,
  async function (this: RevenueWorld, told: string | undefined, name: 'Dana') {
    if (told !== undefined) await this.state.warm.told();
    expect(await this.state.shares.keysNaming(name)).to.deep.equal(['gone']);
    expect(await this.state.lasting.rawText(name)).not.to.contain(this.state.who(name).userId);
  },
);

Given('the original was damaged, and Redis has lost everything of her company', async function (this: RevenueWorld) {
  await this.state.lasting.damageOriginal('Dana');
  await this.state.lose('Dana');
});

// Shares

When('{person} keeps something that must last', function (this: RevenueWorld, { name }: Person) {
  return this.state.lasting.write(name);
});

Then(
  '{person} keeps {int} entries, and what must last is still found, from PostgreSQL',
  async function (this: RevenueWorld, { name }: Person, count: number) {
    expect(await this.state.shares.kept(name)).to.equal(count);
    await this.state.lasting.look(name);
    expect(this.state.lasting.last).to.include({ value: 'must last', source: 'warm' });
    expect(await this.state.shares.kept(name)).to.equal(count);
  },
);

When(
  '{person} keeps {int} things that must last, a second apart',
  function (this: RevenueWorld, { name }: Person, count: number) {
    return this.state.lasting.writeMany(name, count);
  },
);

Then('copies of the newest 2 are in Redis, and all 3 are found', async function (this: RevenueWorld) {
  expect(await this.state.lasting.copiedItems('Dana')).to.deep.equal(['2', '3']);
  for (const item of ['1', '2', '3']) {
    await this.state.lasting.look('Dana', 'hot', { id: 'Q3 spend', item });
    expect(this.state.lasting.last?.value).to.equal('must last');
  }
});

When('{person} shares {int} things that must last', function (this: RevenueWorld, { name }: Person, count: number) {
  return this.state.lasting.share(name, count);
});

Then('copies of both are in Redis', async function (this: RevenueWorld) {
  expect(await this.state.lasting.copiedItems('Ada')).to.deep.equal(['1', '2']);
});

When('{person} writes one of each kind in one batch', function (this: RevenueWorld, { name }: Person) {
  return this.state.lasting.mix(name);
});

When('{person} clears the thread {string}', async function (this: RevenueWorld, { name }: Person, id: string) {
  await (await this.state.instance()).clear(this.state.who(name), { scope: 'thread', id });
});

// What is down

Given('an instance whose line to PostgreSQL can break', async function (this: RevenueWorld) {
  await this.state.warm.overALine();
  await this.state.serveWith({});
});

Given(
  'an instance whose line to PostgreSQL can break and whose waits can be measured',
  async function (this: RevenueWorld) {
    await this.state.warm.overALine();
    await this.state.serveWith({ clock: this.state.faults.waits });
  },
);

When(/^she tries to (.*) while Redis stays unreachable$/, function (this: RevenueWorld, what: string) {
  this.state.faults.line.cut();
  return this.state.faults.callWhileWaitsCreep(() => this.state.lasting.tryTo('Dana', what));
});

When(/^she tries to (.*) while PostgreSQL is unreachable$/, function (this: RevenueWorld, what: string) {
  this.state.warm.line.cut();
  return this.state.lasting.tryTo('Dana', what);
});

When(
  '{person} asks for the latest of it while PostgreSQL hangs',
  async function (this: RevenueWorld, { name }: Person) {
    this.state.warm.line.blackHole();
    await this.state.faults.callWhileWaitsPass(() => this.state.lasting.look(name, 'latest'));
    this.state.warm.line.cut();
  },
);

Then(/^she is served from (Redis|PostgreSQL)$/, function (this: RevenueWorld, store: string) {
  expect(this.state.refused).to.equal(null);
  expect(this.state.lasting.served).to.equal(store === 'Redis' ? 'hot' : 'warm');
});

Given(
  '{person} has written and changed something that must last while Redis was unreachable',
  async function (this: RevenueWorld, { name }: Person) {
    const { faults, lasting } = this.state;
    faults.line.cut();
    for (const value of ['written', 'changed']) {
      expect(await faults.callWhileWaitsCreep(() => lasting.write(name, value))).to.equal('pending');
    }
  },
);

Given(
  '{person} and then {person} have written what must last while Redis was unreachable',
  async function (this: RevenueWorld, first: Person, second: Person) {
    const { faults, lasting } = this.state;
    faults.line.cut();
    for (const { name } of [first, second]) {
      expect(await faults.callWhileWaitsCreep(() => lasting.write(name))).to.equal('pending');
    }
  },
);

Given("Dana's story of changes was spoilt", function (this: RevenueWorld) {
  return this.state.lasting.spoilStory('Dana');
});

When('Redis is back and {int} second has passed', async function (this: RevenueWorld, seconds: number) {
  await this.state.faults.restore();
  this.state.faults.waits.advance(seconds * 1_000);
});

Given(
  'its last word before it died was about something that must last, while Redis was unreachable',
  function (this: RevenueWorld) {
    return this.state.lasting.writeAndDie('Dana');
  },
);

When('another instance has looked for what was left untold', function (this: RevenueWorld) {
  return this.state.lasting.searchElsewhere('Dana');
});

Given(
  '{person} has written something that must last, and Redis could not take it in',
  async function (this: RevenueWorld, { name }: Person) {
    await this.state.lasting.write(name);
    await this.state.lasting.spoilStory(name);
    expect(await this.state.lasting.write(name)).to.equal('pending');
  },
);

When('its health is asked for after {int} seconds', function (this: RevenueWorld, seconds: number) {
  this.state.faults.waits.advance(seconds * 1_000);
  return this.state.faults.look();
});

Given(
  /^her note in the thread "(.*)" was (created|removed), and stands once more among what is to be told$/,
  async function (this: RevenueWorld, id: string, how: 'created' | 'removed') {
    await this.state.listeners.makeHappen('Dana', id, how);
    await this.state.lasting.queueAgain('Dana', how);
  },
);

Then(
  '{person} is told {string} when she notes something else',
  async function (this: RevenueWorld, { name }: Person, story: string) {
    await this.state.lasting.toldAgain(name);
    await this.state.note(name, 'something else', { id: 'elsewhere' });
    // What comes last has been heard, so nothing that was told before it is still on its way.
    await eventually(() => expect(this.state.listeners.last.told.at(-1)).to.deep.include({ at: { id: 'elsewhere' } }));
    expect(this.state.listeners.story).to.equal(story);
  },
);
