import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { phrases } from '../../support/phrases';
import type { DataRequests } from '../../world/modules/state-persistence/data-requests';
import type { Person } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';

type Wish = (requests: DataRequests, by: Person, cast: RevenueWorld['cast']) => Promise<void>;
phrases<Wish>('data-wish', {
  'Ada to be forgotten': (requests, by, cast) => requests.forget(by, cast.person('Ada')),
  'Olga to be forgotten': (requests, by, cast) => requests.forget(by, cast.person('Olga')),
  'herself to be forgotten': (requests, by) => requests.forget(by, by),
  'Dana to be forgotten': (requests, by, cast) => requests.forget(by, cast.person('Dana')),
  'the company to be forgotten': (requests, by) => requests.forgetCompany(by),
  'the company to be forgotten under the wrong name': (requests, by) => requests.forgetCompany(by, 'Acme Ltd'),
  'the data of Ada': (requests, by, cast) => requests.takeAlong(by, cast.person('Ada')),
  'the data of Dana': (requests, by, cast) => requests.takeAlong(by, cast.person('Dana')),
  "the company's data": (requests, by) => requests.takeAlong(by, 'the company'),
});

Given('a platform whose stores can be searched', function (this: RevenueWorld) {
  return this.dataRequests.begin();
});

Given('a platform whose stores can be searched, of two instances', function (this: RevenueWorld) {
  return this.dataRequests.beginOfTwo();
});

Given(
  '{person} has placed a legal hold on {person} for {string}',
  function (this: RevenueWorld, by: Person, who: Person, reason: string) {
    return this.dataRequests.hold(by, who, reason);
  },
);

Given(
  '{person} has had {person} forgotten since the last backup of PostgreSQL',
  async function (this: RevenueWorld, by: Person, who: Person) {
    await this.dataRequests.backUp();
    await this.dataRequests.forget(by, who);
    await this.dataRequests.done(by, 30_000);
  },
);

Given(
  'a legal hold is what {person} waits for to have {person} forgotten',
  async function (this: RevenueWorld, by: Person, who: Person) {
    await this.dataRequests.hold(by, who, 'Lawsuit of May');
    await this.dataRequests.forget(by, who);
  },
);

When('{person} lifts the hold on {person}', function (this: RevenueWorld, by: Person, who: Person) {
  return this.dataRequests.lift(by, who);
});

When('PostgreSQL comes back from that backup', function (this: RevenueWorld) {
  return this.dataRequests.restore();
});

When('{person} has {person} forgotten', function (this: RevenueWorld, by: Person, who: Person) {
  return this.dataRequests.forget(by, who);
});

When(
  '{person} has {person} forgotten, and the instance that she asked is killed at once',
  async function (this: RevenueWorld, by: Person, who: Person) {
    await this.dataRequests.forget(by, who);
    this.dataRequests.killAsked();
  },
);

When('{person} has the company forgotten', function (this: RevenueWorld, by: Person) {
  return this.dataRequests.forgetCompany(by);
});

When('{person} takes her data along', function (this: RevenueWorld, person: Person) {
  return this.dataRequests.takeAlong(person, person);
});

When('{person} takes along the data of the company', function (this: RevenueWorld, person: Person) {
  return this.dataRequests.takeAlong(person, 'the company');
});

When('{person} wants {data-wish}', function (this: RevenueWorld, by: Person, wish: Wish) {
  return wish(this.dataRequests, by, this.cast);
});

When('{person} tries to delete the thread {string}', function (this: RevenueWorld, person: Person, title: string) {
  return this.dataRequests.deleteThread(person, title);
});

Then('that wish is refused because {refusal}', function (this: RevenueWorld, code: string) {
  expect(this.dataRequests.outcome).to.equal(code);
});

Then('everybody at Acme is there', async function (this: RevenueWorld) {
  const names = (await this.people.list(this.cast.person('Olga'))).map(({ name }) => name);
  expect([...names].sort()).to.deep.equal(['Ada', 'Dana', 'Olga']);
});

Then('within {duration} {person} is told that it is done', function (this: RevenueWorld, limitMs: number, by: Person) {
  return this.dataRequests.done(by, limitMs);
});

Then('within {duration} operators read that it is done', function (this: RevenueWorld, limitMs: number) {
  return this.dataRequests.companyDone(this.cast.person('Olga'), limitMs);
});

Then('nothing of {person} is found in any table, key or column', async function (this: RevenueWorld, person: Person) {
  expect(await this.dataRequests.placesNaming(person)).to.deep.equal([]);
});

Then('nothing of the company is found in any table, key or column', async function (this: RevenueWorld) {
  expect(await this.dataRequests.placesNamingCompanyOf(this.cast.person('Dana'))).to.deep.equal([]);
});

Then(
  "everything of {person}'s company that was not hers is as before",
  async function (this: RevenueWorld, person: Person) {
    expect(await this.dataRequests.changedOf(person)).to.deep.equal([]);
  },
);

Then('{person} can sign in no more', async function (this: RevenueWorld, person: Person) {
  person.signOutEverywhere();
  expect(await this.dataRequests.signInOf(person)).to.equal('invalid_credentials');
});

Then(
  "{person} is told that it is held, and everything of {person}'s company is as before",
  async function (this: RevenueWorld, by: Person, who: Person) {
    expect(this.dataRequests.outcome).to.equal('held');
    expect(await this.dataRequests.stateOf(by)).to.equal('held');
    expect(await this.dataRequests.changedOf(who)).to.deep.equal([]);
  },
);

Then('{person} still has the thread {string}', async function (this: RevenueWorld, person: Person, title: string) {
  expect(await person.listedThreads()).to.include(title);
});

Then(
  'the file proves that it holds her account, her thread, its events, her question and what its tools found',
  function (this: RevenueWorld) {
    const places = ['accounts/account', 'chat/thread', 'chat/thread_events', 'agents/runs', 'agents/tool_calls'];
    expect(this.dataRequests.taken.places).to.include.members(places);
    expect(this.dataRequests.taken.isProven).to.equal(true);
  },
);

Then('the file names {string} and not {string}', function (this: RevenueWorld, there: string, absent: string) {
  expect(this.dataRequests.taken.text).to.include(there).and.not.include(absent);
});

Then(
  'the file names {string} and {string}, and not {string}',
  function (this: RevenueWorld, one: string, other: string, absent: string) {
    expect(this.dataRequests.taken.text).to.include(one).and.include(other).and.not.include(absent);
  },
);

Then('the file proves that nothing is missing', function (this: RevenueWorld) {
  expect(this.dataRequests.taken.isProven).to.equal(true);
});
