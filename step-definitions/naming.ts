import { defineParameterType, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { IdKind } from '../world/naming';
import { RANDOM_TROUBLES, type RandomTrouble } from '../world/naming-random';
import type { RevenueWorld } from '../world/revenue-world';

const troubles = Object.keys(RANDOM_TROUBLES).join('|');
defineParameterType({ name: 'random-trouble', regexp: new RegExp(troubles), transformer: (words: string) => words });

Given('an instance that gives names', function (this: RevenueWorld) {
  this.naming.giving.restart();
});

Given('an instance has given {count} names', function (this: RevenueWorld, count: number) {
  this.naming.giving.give(count);
});

Given('two instances are copies of one saved image', function (this: RevenueWorld) {
  this.naming.giving.saveImage();
});

Given('the random source of an instance has repeated itself from the start', function (this: RevenueWorld) {
  this.naming.giving.random.trouble = 'its random source repeats itself';
});

Given('an instance whose random source has failed', function (this: RevenueWorld) {
  this.naming.giving.breakRandom('its random source fails');
  expect(this.naming.giving.refused).to.include({ code: 'id_entropy_failed' });
});

When('it gives {count} names and keeps none', function (this: RevenueWorld, count: number) {
  this.naming.giving.giveAndForget(count);
});

When(
  'it is restarted within the same millisecond and gives {count} more',
  function (this: RevenueWorld, count: number) {
    this.naming.giving.restart();
    this.naming.giving.give(count);
  },
);

When('{count} names are given in one millisecond', function (this: RevenueWorld, count: number) {
  this.naming.giving.give(count);
});

Then('its random source was asked {int} times', function (this: RevenueWorld, times: number) {
  expect(this.naming.giving.random.asked).to.equal(times);
});

When('both wake in the same millisecond and give 1 name each', function (this: RevenueWorld) {
  this.naming.giving.wakeBoth();
});

When('{random-trouble} from now on', function (this: RevenueWorld, trouble: RandomTrouble) {
  this.naming.giving.breakRandom(trouble);
});

When('it is asked for a name', function (this: RevenueWorld) {
  this.naming.giving.ask();
});

When('its random source recovers', function (this: RevenueWorld) {
  this.naming.giving.random.trouble = null;
});

Then('no name was given twice', function (this: RevenueWorld) {
  expect(this.naming.giving.repeats).to.equal(0);
});

Then('less than {int} MB of memory is in use on their account', function (this: RevenueWorld, megabytes: number) {
  expect(this.naming.giving.keptBytes).to.be.below(megabytes * 1_000_000);
});

Then('it refuses to give names as {string}', function (this: RevenueWorld, code: string) {
  expect(this.naming.giving.refused).to.include({ code, retryable: true });
});

Then('it is out of service because {string}', function (this: RevenueWorld, cause: string) {
  expect(this.naming.giving.source.check()).to.deep.equal({ ok: false, cause });
});

Then('it is in service again and gives names', function (this: RevenueWorld) {
  expect(this.naming.giving.source.check()).to.deep.equal({ ok: true });
  this.naming.giving.give(1);
});

// Order

Given(
  'an instance is out of service because its clock was set back by {duration}',
  function (this: RevenueWorld, by: number) {
    this.naming.giving.give(1);
    this.naming.giving.setBack(by);
    expect(this.naming.giving.source.check()).to.include({ ok: false });
  },
);

When('its clock is set back by {duration} while it gives names', function (this: RevenueWorld, by: number) {
  this.naming.giving.setBack(by);
});

When('its clock stands still for {count} names while it gives names', function (this: RevenueWorld, count: number) {
  this.naming.giving.give(count);
});

When('its clock advances in steps of {duration} while it gives names', function (this: RevenueWorld, by: number) {
  this.naming.giving.advanceInSteps(by);
});

When('its clock goes {duration} ahead and back again while it gives names', function (this: RevenueWorld, by: number) {
  this.naming.giving.goAheadAndBack(by);
});

When('its clock catches up by {duration}', function (this: RevenueWorld, by: number) {
  this.clock.advance(by);
});

Then('the names sort in the order they were given', function (this: RevenueWorld) {
  expect(this.naming.giving.disorder).to.equal(null);
});

Then('the last name is {duration} ahead of the clock', function (this: RevenueWorld, lead: number) {
  expect(this.naming.giving.source.leadMs).to.equal(lead);
});

Then('operators are told {string}', function (this: RevenueWorld, told: string) {
  expect(this.naming.giving.told.messages).to.deep.equal(told === 'nothing' ? [] : [told]);
});

Then('operators are told at last {string}', function (this: RevenueWorld, told: string) {
  expect(this.naming.giving.told.messages.at(-1)).to.equal(told);
  expect(this.naming.giving.told.figures).to.deep.equal(this.naming.giving.told.leads);
});

Then('the figure they watch shows {string}', function (this: RevenueWorld, figure: string) {
  expect(this.naming.giving.told.figures).to.deep.equal(figure === 'nothing' ? [] : [Number.parseInt(figure, 10)]);
  expect(this.naming.giving.told.leads).to.deep.equal(this.naming.giving.told.figures);
});

// What a name says

Given('a name is dated {duration} into the future', function (this: RevenueWorld, ahead: number) {
  this.naming.givenAt(this.clock.now() + ahead);
});

Given('a name was given {duration} ago', function (this: RevenueWorld, ago: number) {
  this.naming.givenAt(this.clock.now() - ago);
});

Given('a record came under a random UUID and was converted', function (this: RevenueWorld) {
  this.naming.convertedFromRandom();
});

When('it is looked at', function (this: RevenueWorld) {
  this.naming.lookAtSubject();
});

When('it names {thing}', function (this: RevenueWorld, kind: IdKind) {
  this.naming.giving.give(1, kind);
});

When('it gives pairs of names 1 millisecond apart, {between}', function (this: RevenueWorld, between: number) {
  this.naming.giving.givePairs(between);
});

Then('it is known by the moment it was given', function (this: RevenueWorld) {
  expect(this.naming.looked?.facts).to.deep.include(this.naming.expectedFacts);
});

Then('it is known as converted, without a moment', function (this: RevenueWorld) {
  expect(this.naming.looked?.facts).to.deep.equal({ ...this.naming.expectedFacts, ahead: false });
});

Then('it is {string} as ahead of its time', function (this: RevenueWorld, marked: string) {
  expect(this.naming.looked?.facts).to.include({ ahead: marked === 'marked' });
  expect(this.naming.looked?.counted).to.deep.equal(marked === 'marked' ? ['id_ahead thread'] : []);
});

Then('it passes every gate for its kind', function (this: RevenueWorld) {
  expect(this.naming.gatesOfSubject).to.deep.equal({ gates: ['thread'], form: true });
});

Then(
  'the name is {string}, an underscore and 26 letters and digits, {int} characters in all',
  function (this: RevenueWorld, word: string, length: number) {
    expect(this.naming.giving.names[0])
      .to.match(new RegExp(`^${word}_[0-9a-z]{26}$`))
      .and.to.have.lengthOf(length);
  },
);

Then('every other gate says {string}', function (this: RevenueWorld, told: string) {
  const name = this.naming.giving.names[0];
  expect(this.naming.reading.toldByOthers(name, String(name).split('_', 1)[0] as IdKind)).to.deep.equal([told]);
});

Then('only the gate for {thing} lets it in', function (this: RevenueWorld, kind: IdKind) {
  expect(this.naming.reading.gatesThatLetIn(this.naming.giving.names[0])).to.deep.equal([kind]);
});

Then('the second name of a pair cannot be told from the first', function (this: RevenueWorld) {
  const { above, counted } = this.naming.giving.telltale;
  expect(above).to.be.within(35, 65);
  expect(counted).to.equal(0);
});

Given(
  'code that hands on the name of a person where a person is expected compiles',
  async function (this: RevenueWorld) {
    expect(await this.naming.complaintsAbout('person')).to.deep.equal([]);
  },
);

When('the name of a thread is handed on instead', async function (this: RevenueWorld) {
  this.naming.complaints = await this.naming.complaintsAbout('thread');
});

Then('the compiler refuses it with its error {int}', function (this: RevenueWorld, error: number) {
  expect(this.naming.complaints).to.deep.equal([error]);
});

Then('it refuses plain text with its error {int}', async function (this: RevenueWorld, error: number) {
  expect(await this.naming.complaintsAbout('text')).to.deep.equal([error]);
});

// Belonging together

When('a request comes with {known}', function (this: RevenueWorld, known: readonly ('thread' | 'run')[]) {
  this.naming.requestComesWith(known);
});

Then('the names of {list} are kept', function (this: RevenueWorld, kept: string[]) {
  expect(this.naming.sorted.kept).to.deep.equal(kept.filter((word) => word !== 'none'));
});

Then('the names of {list} are new', function (this: RevenueWorld, fresh: string[]) {
  expect(this.naming.sorted.fresh).to.deep.equal(fresh);
});
