import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { ThreadId } from '../ssot/kernel';
import type { Person } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';

Given(
  '{person} has opened the threads {string}, {string} and {string} in turn on two instances',
  async function (this: RevenueWorld, person: Person, first: string, second: string, third: string) {
    const instances = await Promise.all([this.operations.startInstance(), this.operations.startInstance()]);
    const urls = instances.map(({ url }) => url);
    await this.naming.contract.openInTurn(person, [first, second, third], urls);
  },
);

Given(
  'a thread was opened between two others by an instance whose clock is {duration} ahead',
  async function (this: RevenueWorld, ahead: number) {
    await this.naming.contract.openBetween(ahead);
  },
);

When('everything her devices were given is searched for names', async function (this: RevenueWorld) {
  await this.naming.contract.searchGiven(this.cast.lastNamed());
});

When(
  '{person} sends {incoming} where a {word} is expected',
  async function (this: RevenueWorld, person: Person, incoming: { value: unknown }, expected: string) {
    await this.naming.contract.sendWhere(person, expected as 'thread', String(incoming.value));
  },
);

When(
  '{person} sends {string} where a thread is expected',
  async function (this: RevenueWorld, person: Person, text: string) {
    await this.naming.contract.sendWhere(person, 'thread', text);
  },
);

When(
  /^(Leo) from Birch tries to (open|follow live|delete) (Dana)'s thread "(.+)" and one that never was$/,
  async function (this: RevenueWorld, who: 'Leo', act: 'open', whose: 'Dana', title: string) {
    const thread: ThreadId = this.cast.person(whose).thread(title);
    await this.naming.contract.tryBoth(this.cast.named(who), act, thread);
  },
);

When('the conversation of her run is looked up', async function (this: RevenueWorld) {
  await this.naming.contract.findConversationOf(this.cast.lastNamed(), String(this.cast.lastNamed().latestRun));
});

When('the conversation of a run that never was is looked up for her', async function (this: RevenueWorld) {
  await this.naming.contract.findConversationOf(this.cast.lastNamed(), this.connections.ids.next('run'));
});

When('{person} opens the thread by its name on her phone', async (person: Person) =>
  (await person.openDevice('phone')).follow(person.thread()),
);

When('{person} lists her threads', async function (this: RevenueWorld, person: Person) {
  await this.naming.contract.list(person);
});

When('the threads are listed and the one ahead is opened by its name', async function (this: RevenueWorld) {
  await this.naming.contract.listAndRead();
});

Then(
  'names of these kinds are found, all of the documented form: {list}',
  function (this: RevenueWorld, kinds: string[]) {
    expect(this.naming.contract.searched).to.deep.equal({ wrong: [], kinds });
  },
);

Then(
  '{person} is refused as {string} about {string}',
  function (this: RevenueWorld, _: Person, code: string, field: string) {
    expect(this.naming.contract.refusals).to.deep.equal([{ code, field }]);
  },
);

Then('both times {person} is told {string} in the same words', function (this: RevenueWorld, _: Person, code: string) {
  const [real, never] = this.naming.contract.bothAnswers;
  expect(real).to.equal(never).and.to.include(`"code":"${code}"`);
});

Then('it is found to be her thread {string}', function (this: RevenueWorld, title: string) {
  expect(this.naming.contract.found.threadId).to.equal(this.cast.lastNamed().thread(title));
});

Then('no conversation is found, as {string}', function (this: RevenueWorld, code: string) {
  expect(this.naming.contract.found).to.deep.equal({ threadId: undefined, code });
});

Then('they are listed as {string}', function (this: RevenueWorld, titles: string) {
  expect(this.naming.contract.listed.join(', ')).to.equal(titles);
});

Then(
  'they are listed in the order they were opened, newest first, and the one ahead is found',
  function (this: RevenueWorld) {
    expect(this.naming.contract.listed).to.deep.equal([...this.naming.contract.opened].reverse());
    expect(this.naming.contract.found.threadId).to.equal(this.naming.contract.opened[1]);
  },
);
