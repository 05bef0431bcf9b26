import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { overlapping } from '../../world/modules/agent-registry/questions';
import type { Person } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';
import type { Tenant } from '../../world/actors/tenant';
import { eventually } from '../../world/eventually';

const QUESTION = 'Where does our money go?';

When(
  '{person} {asks} {count} question(s) there in the thread {string}',
  function (this: RevenueWorld, person: Person, _: boolean, count: number, title: string) {
    return this.questions.askMany(person, QUESTION, title, count);
  },
);

Given(
  '{person} {asks} 1 question there in each of {count} threads',
  async function (this: RevenueWorld, person: Person, _: boolean, count: number) {
    for (let i = 0; i < count; i++) await this.questions.ask(person, QUESTION, `Thread ${i}`);
  },
);

Given(
  '{person} {asks} {count} questions in as many threads through both instances',
  function (this: RevenueWorld, person: Person, _: boolean, count: number) {
    return this.questions.askThroughBoth(person, count);
  },
);

Given(
  '{count} people of {tenant} have asked {count} questions each there, in three threads',
  function (this: RevenueWorld, people: number, company: Tenant, questions: number) {
    return this.busyCompany.ask(company, people, questions);
  },
);

Then(
  'fewer than {count} of their questions were answered before that of {person}',
  async function (this: RevenueWorld, count: number, person: Person) {
    expect(await this.busyCompany.answeredBefore(person)).to.be.below(count);
  },
);

Then(
  '{person} {is-told} that {count} question(s) is/are ahead',
  function (this: RevenueWorld, _: Person, __: boolean, ahead: number) {
    expect(this.questions.latest).to.include({ waiting: ahead, repeated: false });
  },
);

Then(
  '{count} of his/her questions are worked on and {count} wait(s)',
  function (this: RevenueWorld, running: number, queued: number) {
    return this.questions.stand(this.cast.lastNamed(), running, queued);
  },
);

Then(
  'all {count} of his/her questions are answered, those of a thread one after the other',
  async function (this: RevenueWorld, count: number) {
    const runs = await this.questions.ended(this.cast.lastNamed());
    expect([runs.length, overlapping(runs)]).to.deep.equal([count, []]);
  },
);

Then('her latest question is begun within {duration}', async function (this: RevenueWorld, ms: number) {
  const person = this.cast.lastNamed();
  await eventually(async () => expect((await this.questions.latestRun(person)).startedAt).not.to.equal(null), ms);
});

When(
  'a program of {person} sends the same message through two instances at one moment',
  async function (this: RevenueWorld, person: Person) {
    await this.questions.askTwice(person, QUESTION, await this.platformUrl());
  },
);

Then('both times it is told of the same question, once as known already', function (this: RevenueWorld) {
  const { accepted } = this.questions;
  expect(new Set(accepted.map(({ runId }) => runId))).to.have.property('size', 1);
  expect(accepted.map(({ repeated }) => repeated)).to.have.members([true, false]);
});

Given(
  'a program of {person} has sent {string} as {string}',
  function (this: RevenueWorld, person: Person, text: string, message: string) {
    return this.questions.ask(person, text, 'Q3 spend', { message });
  },
);

When('it sends {string} as {string}', function (this: RevenueWorld, text: string, message: string) {
  return this.questions.ask(this.cast.lastNamed(), text, 'Q3 spend', { message });
});

Then(
  'the thread {string} holds {count} question(s)',
  async function (this: RevenueWorld, title: string, count: number) {
    const events = await this.questions.storedIn(this.cast.lastNamed(), title);
    expect(events.filter(({ type }) => type === 'user_message')).to.have.lengthOf(count);
  },
);

When('{person} and {person} ask {string} at one moment', (one: Person, other: Person, text: string) =>
  Promise.all([one.ask(text), other.ask(text)]),
);
