import { defineParameterType, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Person, Tab } from '../world/person';
import type { PersonName } from '../world/personas';
import type { RevenueWorld } from '../world/revenue-world';

const upTo = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

const UNBELONGING: Readonly<Record<string, string>> = {
  'there is no such thread': 'thread_not_found',
  'nobody has vouched for them': 'context_unverified',
};
defineParameterType({
  name: 'unbelonging',
  regexp: new RegExp(Object.keys(UNBELONGING).join('|')),
  transformer: (words: string) => UNBELONGING[words],
});

When(
  '{word} from {word} reads {person} thread and adds to it',
  function (this: RevenueWorld, name: PersonName, _company: string, _whose: Person) {
    return this.delivery.access.readAndAdd(this.delivery.contextOf(name));
  },
);

When('somebody who merely looks like Dana reads her thread and adds to it', function (this: RevenueWorld) {
  return this.delivery.access.readAndAdd({ ...this.delivery.contextOf('Dana') });
});

Then(
  'both are refused because {unbelonging}, and {tab} is shown events {int} to {int} of the thread',
  function (this: RevenueWorld, code: string, { person, name }: Tab, from: number, to: number) {
    expect(this.delivery.access.codes).to.deep.equal([code, code]);
    expect(this.delivery.shown(person.name, name)).to.deep.equal(upTo(from, to));
  },
);

When('the rows of her story are counted with the rights of Dana, of Ravi and of Leo', function (this: RevenueWorld) {
  return this.delivery.access.countPast(['Dana', 'Ravi', 'Leo']);
});

Then(
  "Dana's and Ravi's company has {int} thread, {int} last number, {int} events and {int} run, and Leo's has none",
  function (this: RevenueWorld, threads: number, heads: number, events: number, runs: number) {
    const counts = [threads, heads, events, runs];
    const { seen } = this.delivery.access;
    expect(Object.fromEntries(seen)).to.deep.equal({
      Dana: counts,
      Ravi: counts,
      Leo: [0, 0, 0, 0],
    });
  },
);

Then("a row written with Leo's rights into Dana's company is refused", async function (this: RevenueWorld) {
  await this.delivery.access.writePast('Leo', 'Dana');
  expect(this.delivery.refusals).to.have.lengthOf(1);
});

Given(
  '{person} has opened the threads {string}, {string}, {string}, a minute apart',
  function (this: RevenueWorld, person: Person, first: string, second: string, third: string) {
    return this.delivery.access.openInTurn(person.name, [first, second, third]);
  },
);

When(
  '{person} lists {int} of them, and then what came before',
  function (this: RevenueWorld, person: Person, limit: number) {
    return this.delivery.access.listInPages(person.name, limit);
  },
);

Then(
  '{person} reads {string}, {string} and then {string}',
  async function (this: RevenueWorld, person: Person, first: string, second: string, third: string) {
    expect(this.delivery.access.pages).to.deep.equal([[first, second], [third]]);
    const createdAt = new Date(this.clock.now() - 60_000);
    const own = { threadId: this.delivery.thread(), title: 'Third', createdAt };
    expect(await this.delivery.access.own(person.name)).to.deep.equal(own);
  },
);

Then(
  'a colleague and another company read none of them, and are told {string} of each',
  async function (this: RevenueWorld, code: string) {
    await this.delivery.access.tryAs(['Ravi', 'Leo']);
    expect(this.delivery.access.foreign).to.deep.equal([]);
    expect(this.delivery.access.codes).to.deep.equal(Array<string>(12).fill(code));
  },
);

When(
  '{person} may no longer chat and opens, lists, reads and deletes threads',
  function (this: RevenueWorld, person: Person) {
    return this.delivery.access.withoutPermission(person.name);
  },
);

Then(
  '{person} is refused {int} times as {string}',
  function (this: RevenueWorld, _person: Person, times: number, code: string) {
    expect(this.delivery.access.codes).to.deep.equal(Array<string>(times).fill(code));
  },
);

Given(
  '{tab} follows {person} thread {string} too',
  async function (this: RevenueWorld, { person, name }: Tab, _whose: Person, title: string) {
    await this.delivery.follow(person.name, name, await this.delivery.threadOf(person.name, title));
  },
);

When('{person} deletes the thread {string}', async function (this: RevenueWorld, person: Person, title: string) {
  await this.delivery.conversations().delete(this.delivery.contextOf(person.name), this.delivery.thread(title));
});

Then(
  'within {duration} {tab} is told once that {string} is gone',
  async function (this: RevenueWorld, ms: number, { person, name }: Tab, title: string) {
    await this.delivery.pass(ms);
    await this.delivery.pass(2 * ms);
    const told = this.delivery.device(person.name, name).told('error');
    expect(told.map(({ threadId, data }) => ({ threadId, ...data }))).to.deep.equal([
      {
        threadId: this.delivery.thread(title),
        code: 'thread_not_found',
        message: 'There is no such thread.',
        field: 'threadId',
      },
    ]);
    expect(this.delivery.count()).to.include({ subscriptions: 1, listening: 1 });
  },
);

Then(
  '{tab} is still shown what is told in {string}',
  async function (this: RevenueWorld, { person, name }: Tab, title: string) {
    await this.delivery.append(person.name, this.delivery.run.all('the question'), 0, title);
    expect(this.delivery.shown(person.name, name, title)).to.deep.equal([1]);
  },
);
