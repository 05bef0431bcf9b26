import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { phrases } from '../support/phrases';
import type { Person, Tab } from '../world/actors/person';
import type { HoardingManner } from '../world/operations/broken-clients/hoarder';
import type { Readiness, Store } from '../world/operations/operations';
import type { RevenueWorld } from '../world/revenue-world';
import { disorderIn, gapsIn, latestRunOf } from '../world/clients/event-order';
import { reportOf } from '../world/clients/report';

Given('an instance of the platform is serving', function (this: RevenueWorld) {
  return this.operations.serve();
});

Given(
  'an instance of the platform is serving that can be cut off from {store}',
  function (this: RevenueWorld, store: Store) {
    return this.operations.serve(store);
  },
);

Given(
  'an instance of the platform is serving that can be cut off from {store} and {store}',
  function (this: RevenueWorld, one: Store, other: Store) {
    return this.operations.serve(one, other);
  },
);

phrases<'cut' | 'silence'>('outage', { 'is unreachable': 'cut', 'is silent': 'silence' });

Given(
  'an instance of the platform is serving while {store} {outage}',
  async function (this: RevenueWorld, store: Store, outage: 'cut' | 'silence') {
    await this.operations.serve(store);
    this.operations[outage](store);
  },
);

Given('a second instance is serving beside it', function (this: RevenueWorld) {
  return this.operations.serveBeside();
});

When('{store} becomes/(has )become unreachable', function (this: RevenueWorld, store: Store) {
  return this.operations.cut(store);
});

Given('{store} has been unreachable for {duration}', function (this: RevenueWorld, store: Store, ms: number) {
  this.operations.cut(store);
  return this.operations.letPass(ms);
});

When('{store} answers again', function (this: RevenueWorld, store: Store) {
  return this.operations.restore(store);
});

When(
  '{store} becomes unreachable as soon as the agent has started on {string}',
  async function (this: RevenueWorld, _store: Store, question: string) {
    const person = this.cast.lastNamed();
    await person.ask(question);
    await person.anyDevice().until('the start', (seen) => seen.some(({ type }) => type === 'agent_started'));
    this.operations.cut();
  },
);

Then(
  'the instance says within {duration} that it is {readiness}',
  async function (this: RevenueWorld, limitMs: number, readiness: Partial<Readiness>) {
    await this.operations.readinessWithin(limitMs, readiness);
  },
);

When('{tab} has shown the whole answer and loses its connection', async ({ person, name }: Tab) => {
  await person.answerOn(name);
  await person.device(name).lose();
});

Then(
  'operators read that it has {count} connection(s) open and at least {count} question(s) under way',
  function (this: RevenueWorld, connection: number, leastRun: number) {
    return this.operations.hasInFlight({ connection, leastRun });
  },
);

Then('operators read that it has {count} connection(s) open', function (this: RevenueWorld, connection: number) {
  return this.operations.hasInFlight({ connection, leastRun: 0 });
});

When('the instance has/is (been )told to stop', function (this: RevenueWorld) {
  this.operations.tellToStop();
});

Then('the instance ends cleanly within {duration}', async function (this: RevenueWorld, limitMs: number) {
  expect(await this.operations.serving().ended()).to.equal(0);
  expect(await this.operations.stoppedAfterMs()).to.be.at.most(limitMs);
});

When('{tab} moves to another instance as it is asked to', ({ person, name }: Tab) => person.moveElsewhere(name));

Then('{tab} shows the whole answer, with no event missing or doubled', async ({ person, name }: Tab) => {
  expect(disorderIn(await person.answerOn(name))).to.deep.equal([]);
  expect(gapsIn(person.storyOn(name))).to.deep.equal([]);
});

Then(
  '{tab} shows the whole answer, with no event missing or doubled, and about the model {word} alone',
  async ({ person, name }: Tab, model: string) => {
    const story = await person.answerOn(name);
    const answer = latestRunOf(story, person.latestRun);
    expect([disorderIn(answer), gapsIn(story)]).to.deep.equal([[], []]);
    expect(reportOf(answer).covers.models).to.deep.equal([model]);
  },
);

When(
  '{store} becomes unreachable, and {person} sends {string} on {tab}',
  async function (this: RevenueWorld, _store: Store, person: Person, text: string, tab: Tab) {
    this.operations.cut();
    await person.sayAndBeRefused(text, tab.name);
  },
);

Then(
  'the thread is empty when {store} is back, and {tab} is still open',
  async function (this: RevenueWorld, _store: Store, { person, name }: Tab) {
    this.operations.restore();
    expect(await person.device(name).eventsUntilNow()).to.deep.equal([]);
    expect(await person.storedEvents()).to.deep.equal([]);
    await this.operations.readinessWithin(15_000, { ready: true });
    // What the instance has kept to try again would be taken by then.
    await this.operations.letPass(10_000);
    await person.askAndBeAnswered('And now?');
    expect(await person.questionsOn(name, 1)).to.have.nested.property('[0].data.text', 'And now?');
    expect((await person.storedEvents()).filter(({ type }) => type === 'user_message')).to.have.lengthOf(1);
  },
);

When(
  '{person} asks {string} while {count} broken clients come and go',
  function (this: RevenueWorld, person: Person, question: string, count: number) {
    return this.brokenClients.comeAndGo(count, () => person.ask(question));
  },
);

Then(
  'the same instance serves on, with no connection of theirs open and less than {int} MiB of memory kept',
  async function (this: RevenueWorld, most: number) {
    const { connections, bytes } = await this.brokenClients.left();
    expect(this.operations.serving().isSound, this.operations.serving().uncaught ?? '').to.equal(true);
    expect(connections).to.be.at.most(0);
    expect(bytes).to.be.below(most * 2 ** 20);
  },
);

Given(
  'an instance of the platform is serving that takes {int} connections, {int} of them from one address',
  function (this: RevenueWorld, max: number, maxPerAddress: number) {
    return this.operations.serveOn({ MAX_CONNECTIONS: `${max}`, MAX_CONNECTIONS_PER_ADDRESS: `${maxPerAddress}` });
  },
);

Given(
  'a stranger has opened {int} connections there from {count} address(es), and {hoarding-manner}',
  function (this: RevenueWorld, count: number, addresses: number, manner: HoardingManner) {
    return this.hoarder.open(count, addresses, manner);
  },
);

Then('the stranger was refused as {string}, and not otherwise', function (this: RevenueWorld, code: string) {
  expect(this.hoarder.refusals).to.deep.equal([code]);
});
