import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Person, Tab } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';
import { gapsIn } from '../../world/clients/event-order';

Given('{person} agent has begun a run', async function (this: RevenueWorld, person: Person) {
  await (await this.liveConnections.writeFor(person)).write(['question', 'start']);
});

When(
  '{person} agent writes a question, a start and the result of a call that nobody made',
  async function (this: RevenueWorld, person: Person) {
    await (await this.liveConnections.writeFor(person)).write(['question', 'start', 'result']);
  },
);

When('two instances end the run at once, one with a report and one with a cancellation', function (this: RevenueWorld) {
  return this.liveConnections.writer.endTwiceAtOnce();
});

When(
  '{count} run(s) of {count} events is/are stored for {person} at once',
  async function (this: RevenueWorld, runs: number, events: number, person: Person) {
    await (await this.liveConnections.writeFor(person)).writeRunsAtOnce(runs, events);
  },
);

Given(
  '{person} agent has written a question, and the work was undone',
  async function (this: RevenueWorld, person: Person) {
    await (await this.liveConnections.writeFor(person)).writeAndUndo();
  },
);

Given(
  '{count} events of {count} bytes have been stored for {person}',
  async function (this: RevenueWorld, events: number, bytes: number, person: Person) {
    await (await this.liveConnections.writeFor(person)).writeLong(events, bytes);
  },
);

Then('{tab} shows {count} events, as they are stored', async ({ person, name }: Tab, count: number) => {
  const shown = await person.eventsOn(name, count);
  expect([gapsIn(shown), shown.length, shown]).to.deep.equal([[], count, await person.storedEvents()]);
});

Then('the thread is empty, and {tab} shows nothing', async ({ person, name }: Tab) => {
  expect(await person.storedEvents()).to.deep.equal([]);
  expect(await person.device(name).eventsUntilNow()).to.deep.equal([]);
});

Then("the events of each run stand in their run's order", async function (this: RevenueWorld) {
  const stored = (await this.cast.lastNamed().storedEvents()).map(({ id }) => id);
  for (const run of this.liveConnections.writer.written) {
    expect(stored.filter((id) => run.includes(id))).to.deep.equal(run);
  }
});

Given(
  '{tab} has stopped reading, while {count} events of {count} bytes were stored',
  async function (this: RevenueWorld, { person, name }: Tab, events: number, bytes: number) {
    person.device(name).stopReading();
    await (await this.liveConnections.writeFor(person)).writeLong(events, bytes);
  },
);

Given(
  '{tab} has stopped reading, while {tab} has shown {count} events of {count} bytes',
  async function (this: RevenueWorld, { person, name }: Tab, other: Tab, events: number, bytes: number) {
    person.device(name).stopReading();
    await (await this.liveConnections.writeFor(person)).writeLong(events, bytes);
    await other.person.eventsOn(other.name, events);
  },
);

When('{tab} reads again', ({ person, name }: Tab) => person.device(name).readAgain());
