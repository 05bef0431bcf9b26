import { defineParameterType, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { IdKind } from '../world/naming';
import { INCOMING, THINGS, type Thing } from '../world/naming-incoming';
import { LOOK_ALIKES, type LookAlikes } from '../world/naming-keys';
import type { RevenueWorld } from '../world/revenue-world';

/** A parameter that stands for one of a list of known phrases, each with a meaning. */
function oneOf<T>(name: string, meanings: Readonly<Record<string, T>>, take: (phrase: string) => unknown): void {
  const escaped = Object.keys(meanings).map((phrase) => phrase.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  defineParameterType({ name, regexp: new RegExp(escaped.join('|')), transformer: take, useForSnippets: false });
}
oneOf('thing', THINGS, (words) => THINGS[words as Thing]);
oneOf('incoming', INCOMING, (words) => ({ value: INCOMING[words] }));
oneOf('look-alikes', LOOK_ALIKES, (words) => LOOK_ALIKES[words]);
const BETWEEN = { 'one for Acme and one for Birch': 0, 'with 50 other names in between': 50 };
oneOf('between', BETWEEN, (words) => BETWEEN[words as keyof typeof BETWEEN]);
const KNOWN = { nothing: [], 'a thread and a run': ['thread', 'run'], 'a thread': ['thread'] };
oneOf('known', KNOWN, (words) => KNOWN[words as keyof typeof KNOWN]);

When(
  '{incoming} comes in where {thing} is expected',
  function (this: RevenueWorld, incoming: { value: unknown }, expected: IdKind) {
    this.naming.reading.comesIn(incoming.value, expected);
  },
);

Then('it is refused as {string} about {string}', function (this: RevenueWorld, code: string, field: string) {
  expect(this.naming.reading.refusal).to.include({ code, field, retryable: false });
});

Then('the person is told {string} and {string}', function (this: RevenueWorld, first: string, second: string) {
  expect(this.naming.reading.refusal.message).to.include(first).and.to.match(endingWith(second));
});

Then('the refusal does not repeat what came in', function (this: RevenueWorld) {
  expect(this.naming.reading.repeated).to.equal(false);
});

Then('the doors for any name and for forms refuse it too', function (this: RevenueWorld) {
  expect(this.naming.reading.otherDoors('thread')).to.deep.equal(this.naming.reading.sameAtOtherDoors);
});

When('10 MB of text and 40 characters of text are refused again and again', function (this: RevenueWorld) {
  this.naming.reading.refuseLongAndShort();
});

Then('refusing 10 MB takes no longer than refusing 40 characters', function (this: RevenueWorld) {
  expect(this.naming.reading.times?.long).to.be.below(3 * (this.naming.reading.times?.short ?? 0));
});

When(
  '{count} UUIDs of every kind are written as names and read back, and {count} arbitrary things are read',
  function (this: RevenueWorld, uuids: number, things: number) {
    return this.naming.reading.writeAndReadBack(uuids, things);
  },
);

Then(
  'each name leads back to exactly its UUID and is spelt as the public standard says',
  function (this: RevenueWorld) {
    expect(this.naming.reading.misread).to.deep.equal([]);
  },
);

Then('whatever was no name was refused with one of the documented reasons', function (this: RevenueWorld) {
  expect(this.naming.reading.strange).to.deep.equal([]);
});

When('an integrator looks up how {thing} is named', function (this: RevenueWorld, kind: IdKind) {
  this.naming.reading.lookUp(kind);
});

Then('the description says that it is text of the form {string}', function (this: RevenueWorld, pattern: string) {
  expect(this.naming.reading.description).to.deep.equal({ type: 'string', pattern });
});

When('the published {word} examples are read under one of our kinds', function (this: RevenueWorld, which: string) {
  this.naming.reading.readExamples(which as 'valid' | 'invalid');
});

Then('{count} of them lead to the published UUID', function (this: RevenueWorld, taken: number) {
  expect(this.naming.reading.examples?.taken).to.equal(taken);
});

Then('the others are refused as {string}', function (this: RevenueWorld, refused: string) {
  expect(this.naming.reading.examples?.refused).to.equal(refused);
});

// Combined keys

When('keys are made of {look-alikes}', function (this: RevenueWorld, [one, other]: LookAlikes) {
  this.naming.keys.make(one, other);
});

When('a key is made of a part of {int} letters', function (this: RevenueWorld, letters: number) {
  this.naming.keys.make(['x'.repeat(letters)]);
});

When('{count} keys are made of arbitrary parts', function (this: RevenueWorld, count: number) {
  return this.naming.keys.makeArbitrary(count);
});

Then('the keys are {string} and {string}', function (this: RevenueWorld, one: string, other: string) {
  expect(this.naming.keys.made.map(({ key }) => key)).to.deep.equal([one, other]);
});

Then('each key splits into exactly the parts it was made of', function (this: RevenueWorld) {
  expect(this.naming.keys.torn).to.deep.equal([]);
});

Then('no two different lists of parts share a key', function (this: RevenueWorld) {
  expect(this.naming.keys.confused).to.equal(0);
});

When('the {word} {string} is used', function (this: RevenueWorld, thing: string, text: string) {
  this.naming.reading.read = this.naming.keys.use(thing as 'part' | 'key', text);
});

// Converting

When('{count} old UUIDs are converted', function (this: RevenueWorld, count: number) {
  this.naming.converting.convertRandom(count);
});

When('{incoming} is converted as the old name of a thread', function (this: RevenueWorld, old: { value: unknown }) {
  this.naming.converting.convert('thread', old.value);
});

When('the old name {string} of a thread is converted', function (this: RevenueWorld, uuid: string) {
  this.naming.converting.convert('thread', uuid);
});

Then('each leads back to exactly the UUID it came from', function (this: RevenueWorld) {
  expect(this.naming.converting.lost).to.equal(0);
});

Then('no two records got the same name', function (this: RevenueWorld) {
  expect(this.naming.converting.repeats).to.equal(0);
});

Then('it becomes {string}', function (this: RevenueWorld, name: string) {
  expect(this.naming.converting.answer).to.deep.equal({ ok: true, value: name });
});

Then(
  'it is not converted, for the reason {string} about {string}',
  function (this: RevenueWorld, code: string, field: string) {
    expect(this.naming.converting.answer).to.have.property('ok', false);
    expect(this.naming.converting.answer).to.have.property('error').that.includes({ code, field });
    expect(this.naming.converting.answer)
      .to.have.nested.property('error.message')
      .that.matches(/^The old name .+\. .+\.$/);
  },
);

function endingWith(text: string): RegExp {
  return new RegExp(`${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
}
