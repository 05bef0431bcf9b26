import { defineParameterType, Given, Then, When, type DataTable } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Json } from '../../ssot/kernel';
import { latestReport } from '../../world/modules/agent-registry/reports';
import type { Person } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';

const valueOf = (text: string): Json => (/^(\d+|true|false|\[.*\])$/.test(text) ? (JSON.parse(text) as Json) : text);

defineParameterType({
  name: 'hidden',
  regexp: /nothing|"[^"]*" from "[^"]*"/,
  transformer(text: string): readonly { source: string; value: Json }[] {
    const [, value, source] = /^"(.*)" from "(.*)"$/.exec(text) ?? [];
    return value === undefined || source === undefined ? [] : [{ source, value: valueOf(value) }];
  },
  useForSnippets: false,
});

Given(
  '{person} and {person} have each reported a call with {count} input tokens of gpt-4o',
  async function (this: RevenueWorld, one: Person, other: Person, tokens: number) {
    await this.companySettings.use(one, tokens);
    await this.companySettings.use(other, tokens);
  },
);

Given(
  '{person} has entered {string} USD as the price of a million of them',
  function (this: RevenueWorld, person: Person, amount: string) {
    return this.companySettings.set(person, this.companySettings.priceOf(amount));
  },
);

When('{person} takes that price out again', function (this: RevenueWorld, person: Person) {
  return this.companySettings.tryToSet(person, { remove: ['analytics.negotiatedPrices'] });
});

Then(
  '{person}, who asks {string}, reads that {string}',
  async function (this: RevenueWorld, person: Person, question: string, words: string) {
    await person.openDeviceOn('laptop', question);
    await person.ask(question);
    expect((await latestReport(person)).text).to.include(words);
  },
);

Given(
  '{person} has set {string} to {string}',
  function (this: RevenueWorld, person: Person, key: string, value: string) {
    return this.companySettings.set(person, { [key]: valueOf(value) });
  },
);

When('{person} set(s) {string} to {string}', function (this: RevenueWorld, person: Person, key: string, value: string) {
  return this.companySettings.tryToSet(person, { set: { [key]: valueOf(value) } });
});

When('{person} sets at once:', function (this: RevenueWorld, person: Person, table: DataTable) {
  const set = Object.fromEntries(table.hashes().map(({ setting = '', value = '' }) => [setting, valueOf(value)]));
  return this.companySettings.tryToSet(person, { set });
});

Then('that is taken', function (this: RevenueWorld) {
  expect(this.companySettings.answer?.body).to.include({ repeated: false });
});

Then(
  'that is refused because {refusal}, with {string}, and her company has what it had',
  async function (this: RevenueWorld, code: string, words: string) {
    const { answer } = this.companySettings;
    expect([answer?.body.code, answer?.body.detail]).to.deep.equal([code, words]);
    expect(await this.companySettings.isAsBefore(this.cast.lastNamed())).to.equal(true);
  },
);

Then(
  '{person} is told that {string} is {string} from {string}, and hides {hidden}',
  async function (this: RevenueWorld, person: Person, key: string, value: string, source: string, hidden: unknown[]) {
    const told = await this.companySettings.setting(person, key);
    expect(told).to.deep.include({ source, value: valueOf(value), hides: hidden });
  },
);

When(
  '{person} wants to read the settings, change one, take a change back and read the history',
  async function (this: RevenueWorld, person: Person) {
    this.refusals = await this.companySettings.tryEverything(person);
  },
);

Then('all four are refused, naming the right that is missing', function (this: RevenueWorld) {
  expect(this.refusals.map(({ code }) => code)).to.deep.equal(Array(4).fill('not_allowed'));
  for (const { detail } of this.refusals) expect(detail).to.match(/permission "settings:(read|write)"/);
});

When('{person} is answered there', function (this: RevenueWorld, person: Person) {
  return this.model.answer(person);
});

When('{person} and {person} are answered there', async function (this: RevenueWorld, one: Person, other: Person) {
  await this.model.answer(one);
  await this.model.answer(other);
});

Then(
  'the model {string} was asked with the key {string}, and then {string} with {string}',
  function (this: RevenueWorld, model: string, key: string, nextModel: string, nextKey: string) {
    expect(this.model.askedWith(key)).to.deep.equal([model]);
    expect(new Set(this.model.askedWith(nextKey))).to.deep.equal(new Set([nextModel]));
  },
);

Then(
  'the model was asked with the key {string}, and never with {string}',
  function (this: RevenueWorld, key: string, other: string) {
    expect(this.model.askedWith(key)).to.have.lengthOf(1);
    expect(this.model.askedWith(other)).to.deep.equal([]);
  },
);

Then('the history that {person} reads is empty', async function (this: RevenueWorld, person: Person) {
  expect(await this.companySettings.history(person)).to.deep.equal([]);
});
