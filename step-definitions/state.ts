import { defineParameterType, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Person } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';
import { BY_SCOPE, RELEASES, type Release, type ScopeWord } from '../world/state-kinds';
import { KEPT_VALUES, UNFAITHFUL_VALUES } from '../world/state-values';

const oneOf = (words: readonly string[]): RegExp =>
  new RegExp(words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'));
const type = <T>(name: string, words: readonly string[], transformer: (word: string) => T): void =>
  defineParameterType({ name, regexp: oneOf(words), transformer, useForSnippets: false });

type('kept-value', Object.keys(KEPT_VALUES), (word) => KEPT_VALUES[word]?.());
type('unfaithful-value', Object.keys(UNFAITHFUL_VALUES), (word) => UNFAITHFUL_VALUES[word]?.());
type('scope', Object.keys(BY_SCOPE), (word) => word as ScopeWord);
type(
  'release',
  ['today without an upgrade', 'today upgrading wrongly', 'older', "today's", 'newer'],
  (word) => word as Release,
);
const PLACES: Readonly<Record<string, () => { at: { id?: string; item?: string }; scope: ScopeWord }>> = {
  'for no thread': () => ({ at: {}, scope: 'thread' }),
  'of her own for a thread': () => ({ at: { id: 'Q3 spend' }, scope: 'person' }),
  'for a thread named by half a character': () => ({ at: { id: '\ud800' }, scope: 'thread' }),
  'for an item without a name': () => ({ at: { id: 'Q3 spend', item: '' }, scope: 'thread' }),
};
type('odd-place', Object.keys(PLACES), (word) => PLACES[word]?.());

// Refusals

Then('this is refused as {string}', function (this: RevenueWorld, code: string) {
  expect(this.state.refused?.code).to.equal(code);
});

Then('this is refused as {string} about {string}', function (this: RevenueWorld, code: string, field: string) {
  expect(this.state.refused).to.include({ code, field });
});

Then('this is refused as {string} because {string}', function (this: RevenueWorld, code: string, why: string) {
  expect(this.state.refused?.code).to.equal(code);
  expect(this.state.refused?.message).to.contain(why);
});

Then(
  'this is refused as {string}, with {string} as what stands there',
  function (this: RevenueWorld, code: string, value: string) {
    expect(this.state.refused?.code).to.equal(code);
    expect(this.state.refused?.winner?.value).to.equal(value);
  },
);

Then(
  'this is refused as {string} about {string}, with {string} as what stands there',
  function (this: RevenueWorld, code: string, field: string, value: string) {
    expect(this.state.refused).to.include({ code, field });
    expect(this.state.refused?.winner?.value).to.equal(value);
  },
);

Then('Redis has not been asked', function (this: RevenueWorld) {
  expect(this.state.redisWasAsked).to.equal(false);
});

// Notes

Given('an instance that has not asked Redis for anything', function (this: RevenueWorld) {
  this.state.serveWithoutRedis();
});

Given(
  '{person} has noted {string} in the thread {string}',
  function (this: RevenueWorld, person: Person, note: string, id: string) {
    return this.state.note(person.name, note, { id });
  },
);

When(
  '{person} notes {string} in the thread {string}',
  function (this: RevenueWorld, { name }: Person, note: string, id: string) {
    return this.state.note(name, note, { id });
  },
);

When(
  '{person} tries to note {string} in the thread {string}',
  function (this: RevenueWorld, { name }: Person, note: string, id: string) {
    return this.state.tryToNote(name, note, { id });
  },
);

Given(
  '{person} has changed it to {string} in the thread {string}',
  function (this: RevenueWorld, { name }: Person, note: string, id: string) {
    return this.state.change(name, note, id);
  },
);

When(
  '{duration} later {person} changes it to {string} in the thread {string}',
  function (this: RevenueWorld, later: number, { name }: Person, note: string, id: string) {
    this.clock.advance(later);
    return this.state.change(name, note, id);
  },
);

When('{person} looks into the thread {string}', function (this: RevenueWorld, { name }: Person, id: string) {
  return this.state.read(name, { id });
});

Then('{person} finds nothing there', function (this: RevenueWorld, _person: Person) {
  expect(this.state.refused).to.equal(null);
  expect(this.state.found).to.equal(undefined);
});

Then(
  '{person} finds {string} in the thread {string}',
  async function (this: RevenueWorld, { name }: Person, note: string, id: string) {
    expect(await this.state.valueOf(name, { id })).to.equal(note);
  },
);

Then(
  '{person} finds nothing in the thread {string}',
  async function (this: RevenueWorld, { name }: Person, id: string) {
    expect(await this.state.valueOf(name, { id })).to.equal(undefined);
  },
);

Then(
  '{person} finds nothing in the threads {string} and {string}',
  async function (this: RevenueWorld, { name }: Person, first: string, second: string) {
    expect(await this.state.valueOf(name, { id: first })).to.equal(undefined);
    expect(await this.state.valueOf(name, { id: second })).to.equal(undefined);
  },
);

// What is kept exactly

Given(
  '{person} has kept {kept-value} for the thread {string}',
  function (this: RevenueWorld, { name }: Person, value: unknown, id: string) {
    return this.state.note(name, value, { id });
  },
);

When(
  '{person} thread {string} goes on through another instance',
  async function (this: RevenueWorld, { name }: Person, id: string) {
    await this.state.serveWith({});
    await this.state.read(name, { id });
  },
);

Then('exactly {kept-value} is found there', function (this: RevenueWorld, value: unknown) {
  expect(this.state.found?.value).to.deep.equal(value);
});

When(
  '{person} tries to keep {unfaithful-value} for the thread {string}',
  function (this: RevenueWorld, { name }: Person, value: unknown, id: string) {
    return this.state.tryToNote(name, value, { id });
  },
);

When(
  '{person} tries to keep a report whose sum is {string}',
  function (this: RevenueWorld, { name }: Person, sum: string) {
    return this.state.tryToNote(name, { sum }, { id: 'Q3 spend' }, RELEASES["today's"]);
  },
);

When(
  '{person} tries to keep something {odd-place}',
  function (this: RevenueWorld, { name }: Person, { at, scope }: ReturnType<(typeof PLACES)[string]>) {
    return this.state.tryToNote(name, 1, at, BY_SCOPE[scope]);
  },
);

When(
  /^(Dana) from Acme keeps (a .*) and then tries one more$/,
  function (this: RevenueWorld, name: 'Dana', limit: string) {
    return this.state.atHand.meetAndPass(name, limit);
  },
);

Then(
  'the first is kept, and the second is refused as {string} about {string} and leaves nothing',
  async function (this: RevenueWorld, code: string, field: string) {
    expect(await this.state.atHand.afterLimit('Dana')).to.deep.equal({ kept: true, changed: false });
    expect(this.state.refused).to.include({ code, field });
  },
);

Given(
  '{person} has a report sum written by the {release} release',
  function (this: RevenueWorld, { name }: Person, release: Release) {
    return this.state.atHand.writtenBy(name, release);
  },
);

When('it is read by the release of {release}', function (this: RevenueWorld, release: Release) {
  return this.state.atHand.readBy('Dana', release);
});

Then('the report says the sum {int}', function (this: RevenueWorld, sum: number) {
  expect(this.state.found?.value).to.deep.equal({ sum });
});

Then('the report says nothing, because {string}', function (this: RevenueWorld, why: string) {
  expect(this.state.refused?.code).to.equal('state_shape_mismatch');
  expect(this.state.refused?.message).to.contain(why);
});

When('an engineer declares a kind of state named {string}', function (this: RevenueWorld, name: string) {
  return this.state.declare(name);
});

When(
  'an engineer declares a kind of state that lives for {int} milliseconds',
  function (this: RevenueWorld, ms: number) {
    return this.state.declare('spec-short', ms);
  },
);
