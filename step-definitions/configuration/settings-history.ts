import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Person } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';

const limit = (threads: number) => ({ 'limits.threadsPerPerson': threads });

When(
  '{person} sets/(has )set the threads of a person to {int}, because {string}',
  function (this: RevenueWorld, person: Person, threads: number, reason: string) {
    return this.companySettings.set(person, limit(threads), reason);
  },
);

Given(
  "{person} has set the company's model key {int} time(s)",
  async function (this: RevenueWorld, person: Person, times: number) {
    for (let i = 1; i <= times; i++) await this.companySettings.set(person, { 'model.key': `sk-acme-${i}` });
  },
);

Then(
  'the newest change that {person} reads in the history is hers: {string}, from {string} to {string}',
  async function (this: RevenueWorld, person: Person, reason: string, before: string, after: string) {
    const { ageMs, ...change } = await this.companySettings.newestChange(person);
    expect(change).to.deep.equal({ actor: person.name, reason, key: 'limits.threadsPerPerson', before, after });
    expect(ageMs).to.be.within(-5_000, 60_000);
  },
);

When('{person} return(s) to version {int}', function (this: RevenueWorld, person: Person, version: number) {
  return this.companySettings.restore(person, version);
});

Then(
  'the company has version {int}, with {int} threads of a person',
  async function (this: RevenueWorld, version: number, threads: number) {
    const person = this.cast.lastNamed();
    expect((await this.companySettings.read(person)).version).to.equal(version);
    expect(await this.companySettings.setting(person, 'limits.threadsPerPerson')).to.include({ value: threads });
  },
);

Then('she is told that the model key was left as it is', function (this: RevenueWorld) {
  expect(this.companySettings.answer?.body.left).to.deep.equal(['model.key']);
});

When(
  '{person} sets the threads of a person to {int}, going by version {int}',
  function (this: RevenueWorld, person: Person, threads: number, version: number) {
    return this.companySettings.trySince(person, version, limit(threads));
  },
);

When(
  '{person} switches wording by a model off, going by version {int}',
  function (this: RevenueWorld, person: Person, version: number) {
    return this.companySettings.trySince(person, version, { 'model.wording': false });
  },
);

Then('she is refused because {refusal}, and told {string}', function (this: RevenueWorld, code: string, words: string) {
  expect([this.companySettings.answer?.body.code, this.companySettings.answer?.body.detail]).to.deep.equal([
    code,
    words,
  ]);
});

When('{person} sends that change again, because its answer was lost', function (this: RevenueWorld, person: Person) {
  return this.companySettings.repeat(person);
});

When('{person} sends other settings with the same key', function (this: RevenueWorld, person: Person) {
  return this.companySettings.repeat(person, limit(3));
});

Then(
  'it is answered as one that was made before, and the history has {int} change(s)',
  async function (this: RevenueWorld, changes: number) {
    expect(this.companySettings.answer?.body).to.include({ repeated: true, version: changes });
    expect(await this.companySettings.history(this.cast.lastNamed())).to.have.lengthOf(changes);
  },
);
