import { defineParameterType, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Try } from '../../world/modules/database-manager/isolation';
import type { RevenueWorld } from '../../world/revenue-world';
import type { Tenant } from '../../world/actors/tenant';

const TRIES: Readonly<Record<string, Try>> = {
  'reads every thread there is': 'reads',
  "adds a thread to Acme's": 'adds',
  "renames Acme's threads": 'renames',
  "removes Acme's threads": 'removes',
  'hands its threads over to Acme': 'hands over',
};

defineParameterType({
  name: 'try',
  regexp: new RegExp(Object.keys(TRIES).join('|')),
  transformer: (text: string) => TRIES[text],
  useForSnippets: false,
});

Given(
  '{tenant} has stored the threads {string} and {string}',
  function (this: RevenueWorld, { name }: Tenant, first: string, second: string) {
    return this.isolation.store(name, [first, second]);
  },
);

When('{tenant} asks for every thread there is', function (this: RevenueWorld, { name }: Tenant) {
  return this.isolation.askForAll(name);
});

Then(
  'it is shown {string} and {string}, and nothing else',
  function (this: RevenueWorld, first: string, second: string) {
    expect(this.isolation.seen).to.deep.equal([first, second]);
  },
);

When('somebody who names no company {try}', function (this: RevenueWorld, what: Try) {
  return this.isolation.tryNameless(what);
});

Then('not one thread was touched', function (this: RevenueWorld) {
  expect(this.isolation.touched).to.equal(0);
});

Then("both companies' threads are stored as before", async function (this: RevenueWorld) {
  expect(await this.isolation.storedNow()).to.deep.equal(this.isolation.storedBefore);
});

When('{tenant} {try}', function (this: RevenueWorld, { name }: Tenant, what: Try) {
  return this.isolation.writeAs(name, what);
});

Then('that company is told {string}', function (this: RevenueWorld, sentence: string) {
  expect(this.isolation.refusal).to.have.property('message', sentence);
});

When(
  '{tenant} adds the thread {string}, and with it something that the store refuses',
  function (this: RevenueWorld, { name }: Tenant, title: string) {
    return this.isolation.addWithRefusedPart(name, title);
  },
);

When(
  'the database drops the only connection without a word, and {tenant} asks for every thread there is',
  function (this: RevenueWorld, { name }: Tenant) {
    return this.isolation.serveAfterCut(name);
  },
);

When(
  'a title of {tenant} is read, the database changes how it stores titles, and it is read again',
  function (this: RevenueWorld, { name }: Tenant) {
    return this.isolation.readAcrossChange(name);
  },
);

Then('the second time {string} is read', function (this: RevenueWorld, title: string) {
  expect(this.isolation.seen).to.deep.equal([title]);
});

Given(
  /^the only connection has served work of Acme that (finished|failed)$/,
  function (this: RevenueWorld, ended: 'finished' | 'failed') {
    return this.isolation.serve('Acme', ended);
  },
);

When('somebody who names no company looks through that connection', function (this: RevenueWorld) {
  return this.isolation.lookThroughOnlyConnection();
});

Then('no company is named on it', function (this: RevenueWorld) {
  expect(this.isolation.named).to.equal(null);
});

When(
  'two requests of {tenant} change both threads at the same moment, in opposite orders',
  function (this: RevenueWorld, { name }: Tenant) {
    return this.isolation.crossChanges(name);
  },
);

Then('each thread was changed twice', function (this: RevenueWorld) {
  const { Acme: stored = [] } = this.isolation.storedBefore;
  expect(stored).to.have.lengthOf(2);
  expect(this.isolation.seen).to.have.members(stored.map((title) => `${title}++`));
});
