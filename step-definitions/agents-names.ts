import { defineParameterType, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { CHARACTERS, type Character } from '../world/agents-names';
import type { Person } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';

defineParameterType({
  name: 'characters',
  regexp: new RegExp(Object.keys(CHARACTERS).join('|')),
  transformer: (words: string) => words,
});

Given(
  'usage of {int} model(s) whose names are {int} {characters} long',
  function (this: RevenueWorld, models: number, length: number, made: Character) {
    this.agents.names.bring(models, length, made);
  },
);

When(
  'the specialists of {person} work on a question that makes the report {count} bytes long',
  function (this: RevenueWorld, person: Person, bytes: number) {
    return this.agents.names.workToTheByte(person, bytes);
  },
);

Then(
  'the longest name in the report has {int} characters, and the report fits into an event',
  async function (this: RevenueWorld, longest: number) {
    const shown = await this.agents.names.shown(this.cast.lastNamed());
    expect(shown.longest).to.equal(longest);
    expect(shown.bytes).to.be.at.most(32_000);
  },
);

Then('no character in the story is cut in half', async function (this: RevenueWorld) {
  expect(await this.agents.names.halves(this.cast.lastNamed())).to.deep.equal([]);
});

Then('the results of the tools keep the names whole', async function (this: RevenueWorld) {
  expect(await this.agents.names.keptLengths()).to.deep.equal([this.agents.names.length]);
});
