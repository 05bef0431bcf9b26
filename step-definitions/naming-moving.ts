import { defineParameterType, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { OddOne } from '../world/naming-moving';
import type { Company } from '../world/personas';
import type { RevenueWorld } from '../world/revenue-world';

defineParameterType({
  name: 'odd-one',
  regexp: /nothing else|a malformed one|one whose parent is missing|the thread "[^"]+"/,
  transformer: (words: string) => words,
  useForSnippets: false,
});
const STAGES = ['before the conversion', 'after the conversion', 'after the cut-over'];
defineParameterType({
  name: 'stage',
  regexp: new RegExp(STAGES.join('|')),
  transformer: (words: string) => STAGES.indexOf(words),
  useForSnippets: false,
});
defineParameterType({
  name: 'mover',
  regexp: /Acme|Birch/,
  transformer: (name: string) => name,
  useForSnippets: false,
});

Given('{mover} is moving in', async function (this: RevenueWorld, company: Company) {
  await this.naming.moving.move(company);
});

Given('{mover} has brought the thread {string}', async function (this: RevenueWorld, company: Company, title: string) {
  await this.naming.moving.bringThreads(company, title);
});

Given(
  '{mover} has brought {count} linked records and {odd-one}',
  function (this: RevenueWorld, company: Company, count: number, odd: OddOne) {
    return this.naming.moving.bringLinked(company, count, odd);
  },
);

Given('{mover} has cut over', async function (this: RevenueWorld, company: Company) {
  await this.naming.moving.cutOver(company);
  expect(this.naming.moving.answer).to.equal('done');
});

Given(
  "the import of {mover}'s {count} linked records was killed after {int} batches",
  async function (this: RevenueWorld, company: Company, count: number, batches: number) {
    await this.naming.moving.importAndKill(company, count, batches);
  },
);

Given(
  "{mover}'s move stands {stage} of the thread {string}",
  async function (this: RevenueWorld, company: Company, stage: 0 | 1 | 2, title: string) {
    await this.naming.moving.advanceTo(company, stage, title);
  },
);

Given(
  '{mover} is moving in over a line to PostgreSQL that can be cut',
  async function (this: RevenueWorld, company: Company) {
    await this.naming.moving.reachBooksOverLine();
    await this.naming.moving.move(company);
  },
);

When(
  'the line is cut and {mover} brings {count} records',
  async function (this: RevenueWorld, company: Company, count: number) {
    await this.naming.moving.bringOverCutLine(company, count);
  },
);

Then('the batch is refused whole, and may be repeated', async function (this: RevenueWorld) {
  expect(this.naming.moving.refused).to.include({ retryable: true });
  expect(await this.naming.moving.entered('Acme')).to.equal(0);
});

Then('{count} names are given, read and converted all the same', function (this: RevenueWorld, count: number) {
  this.naming.giving.give(count);
  this.naming.converting.convertRandom(count);
  expect(this.naming.reading.gatesThatLetIn(this.naming.giving.names.at(-1))).to.deep.equal(['thread']);
  expect(this.naming.giving.repeats + this.naming.converting.lost).to.equal(0);
});

Then(
  'the same batch of {count} is converted as soon as the line is back',
  async function (this: RevenueWorld, count: number) {
    await this.naming.moving.bringOverMendedLine('Acme');
    expect(this.naming.moving.outcomes).to.deep.equal([{ converted: count, already: 0, refused: [] }]);
  },
);

When('it is started again', async function (this: RevenueWorld) {
  await this.naming.moving.importAgain('Acme');
});

When(
  'two workers bring the same {count} records of {mover} at the same time',
  async function (this: RevenueWorld, count: number, company: Company) {
    await this.naming.moving.bringByTwoWorkers(company, count);
  },
);

When(
  '{mover} brings the thread {string} as well as its own thread {string}',
  async function (this: RevenueWorld, company: Company, foreign: string, own: string) {
    await this.naming.moving.bringThreads(company, foreign, own);
  },
);

When('{mover} brings the thread {string}', async function (this: RevenueWorld, company: Company, title: string) {
  await this.naming.moving.bringThreads(company, title);
});

When(
  '{mover} brings the thread {string} in lower case and in capitals',
  async function (this: RevenueWorld, company: Company, title: string) {
    await this.naming.moving.bringInTwoSpellings(company, title);
  },
);

When(
  '{mover} brings its thread {string}, {int} old names of {count} characters that end differently, one with a zero byte and one with that byte written out',
  async function (this: RevenueWorld, company: Company, title: string, long: number, length: number) {
    await this.naming.moving.bringOddTexts(company, title, long, length);
  },
);

When(
  '{mover} brings 1 record every {duration}, {int} times, and leaves',
  async function (this: RevenueWorld, company: Company, every: number, times: number) {
    await this.naming.moving.bringOneByOne(company, times, () => this.clock.advance(every));
  },
);

When('{mover} asks for the cut-over', async function (this: RevenueWorld, company: Company) {
  await this.naming.moving.cutOver(company);
});

When(
  '{mover} withdraws {odd-one} and brings it corrected',
  async function (this: RevenueWorld, company: Company, odd: OddOne) {
    await this.naming.moving.withdrawAndCorrect(company, odd);
  },
);

When('{mover} withdraws the first of them', async function (this: RevenueWorld, company: Company) {
  await this.naming.moving.withdrawFirst(company);
});

When('the old name {string} is looked up in every way there is', async function (this: RevenueWorld, title: string) {
  await this.naming.moving.lookUp('Acme', title);
});

Then("{mover}'s books say {}", async function (this: RevenueWorld, company: Company, books: string) {
  expect(await this.naming.moving.books(company)).to.equal(books);
});

Then('only whole batches had been kept, and what they held is not converted again', function (this: RevenueWorld) {
  const { kept, again, batch } = this.naming.moving.afterKill;
  expect(kept % batch).to.equal(0);
  expect(again).to.deep.equal({ converted: 20_000 - kept, already: kept });
});

Then(
  "each of {mover}'s records has the one name its UUID leads to",
  async function (this: RevenueWorld, company: Company) {
    expect(await this.naming.moving.misnamed(company)).to.equal(0);
  },
);

Then("each of {mover}'s records is linked as it was", async function (this: RevenueWorld, company: Company) {
  expect(await this.naming.moving.unlinked(company)).to.equal(0);
});

Then(
  'together they converted {count} and found {count} already there',
  function (this: RevenueWorld, converted: number, already: number) {
    expect(this.naming.moving.totals).to.deep.equal({ converted, already });
  },
);

Then(
  '{int} is converted, {int} is/are already there and nothing is refused',
  function (this: RevenueWorld, converted: number, already: number) {
    expect(this.naming.moving.outcomes).to.deep.equal([{ converted, already, refused: [] }]);
  },
);

Then(
  '{int} is converted, {int} are already there and {string} is refused as {string}',
  function (this: RevenueWorld, converted: number, already: number, title: string, reason: string) {
    const refused = [{ kind: 'thread', legacy: this.naming.moving.old(title), reason }];
    expect(this.naming.moving.outcomes.at(-1)).to.deep.equal({ converted, already, refused });
  },
);

Then(
  '{int} is converted and {int} are listed as {string}, none longer than {int} characters',
  async function (this: RevenueWorld, converted: number, listed: number, reason: string, longest: number) {
    const { texts, ...figures } = await this.naming.moving.listed('Acme', reason);
    expect(figures).to.deep.equal({ converted, listed, told: listed });
    expect(Math.max(...texts.map((text) => text.length))).to.be.at.most(longest);
    expect(texts).to.include.members(['a\\u0000b', 'a\\u005cu0000b']);
  },
);

Then(
  "{mover}'s old name {string} leads to nothing",
  async function (this: RevenueWorld, company: Company, title: string) {
    expect(await this.naming.moving.leadsTo(company, this.naming.moving.old(title))).to.equal(undefined);
  },
);

Then(
  "{mover}'s old name {string} leads to the name of its UUID",
  async function (this: RevenueWorld, company: Company, title: string) {
    expect(await this.naming.moving.leadsTo(company, this.naming.moving.old(title))).to.equal(
      this.naming.moving.nameOf(title),
    );
  },
);

Then(
  "{mover}'s old name {string} in capitals leads to the name of its UUID",
  async function (this: RevenueWorld, company: Company, title: string) {
    const capitals = this.naming.moving.old(title).toUpperCase();
    expect(await this.naming.moving.leadsTo(company, capitals)).to.equal(this.naming.moving.nameOf(title));
  },
);

Then('it is told {string}', function (this: RevenueWorld, answer: string) {
  expect(this.naming.moving.answer).to.equal(answer);
});

Then("{mover}'s move is {word}", async function (this: RevenueWorld, company: Company, state: string) {
  const expected =
    state === 'over' ? { state: 'cut_over', over: new Date(this.clock.now()) } : { state: 'open', over: null };
  expect(await this.naming.moving.stored(company)).to.deep.equal([expected]);
  expect((await this.naming.moving.report(company)).mayCutOver).to.equal(state === 'over');
});

Then('{mover} may cut over', async function (this: RevenueWorld, company: Company) {
  expect((await this.naming.moving.report(company)).mayCutOver).to.equal(true);
});

Then('nothing was withdrawn', function (this: RevenueWorld) {
  expect(this.naming.moving.withdrawn).to.equal(false);
});

Then('it is told that the move is over, as {string}', function (this: RevenueWorld, code: string) {
  expect(this.naming.moving.refused).to.include({ code });
  expect(this.naming.moving.refused?.message).to.match(/^The migration "from plain UUIDs" is over\./);
});

Then(/^the migration answers with (nothing|its new name)$/, function (this: RevenueWorld, answer: string) {
  const expected = answer === 'nothing' ? undefined : this.naming.moving.nameOf('Q3 spend');
  expect(this.naming.moving.looked?.migration).to.equal(expected);
});

Then('every other door refuses it as {string}', function (this: RevenueWorld, code: string) {
  expect(this.naming.moving.looked?.others).to.deep.equal([code, code]);
});

Then(
  'operators were told of {int}, {int} and {int} converted records, and at the end of {int}',
  function (this: RevenueWorld, first: number, second: number, third: number, end: number) {
    expect(this.naming.moving.progress).to.deep.equal([first, second, third, end]);
  },
);

Then("a new thread gets a name that carries today's date", function (this: RevenueWorld) {
  this.naming.nameNow();
  expect(this.naming.looked?.facts).to.deep.equal({ ...this.naming.expectedFacts, ahead: false });
});

// Stores

Given('eight instances were started in the same millisecond', async function (this: RevenueWorld) {
  await this.naming.storing.makeTable();
});

Given('a table of threads', async function (this: RevenueWorld) {
  await this.naming.storing.makeTable();
});

When('each of them writes {count} records under new names', async function (this: RevenueWorld, each: number) {
  await this.naming.storing.writeFromInstances(8, each);
});

Then('{count} records are stored', async function (this: RevenueWorld, count: number) {
  expect(await this.naming.storing.count()).to.equal(count);
});

When('a record is stored under {incoming}', async function (this: RevenueWorld, name: { value: unknown }) {
  await this.naming.storing.store(name.value);
});

Then('the table {word} it', async function (this: RevenueWorld, verdict: string) {
  expect(this.naming.storing.taken).to.equal(verdict === 'takes');
  expect(await this.naming.storing.count()).to.equal(verdict === 'takes' ? 1 : 0);
});

Given("the first has opened Acme's move under its next name", async function (this: RevenueWorld) {
  await this.naming.moving.openUnder('Acme', this.naming.giving.copy(0));
});

When("the second opens Birch's move under the same name", async function (this: RevenueWorld) {
  await this.naming.moving.openUnder('Birch', this.naming.giving.copy(1));
});

Then('the store refuses it as {string}', function (this: RevenueWorld, code: string) {
  expect(this.naming.moving.refused).to.include({ code });
});

Then("Acme's move is untouched and Birch has none", async function (this: RevenueWorld) {
  expect(await this.naming.moving.stored('Acme')).to.deep.equal([{ state: 'open', over: null }]);
  expect(await this.naming.moving.stored('Birch')).to.deep.equal([]);
});

Given(
  '{string} and {string} each keep {int} records side by side',
  async function (this: RevenueWorld, owner: string, other: string, each: number) {
    await this.naming.storing.keepSideBySide([owner, other], each);
  },
);

When('everything of {string} is removed', async function (this: RevenueWorld, owner: string) {
  await this.naming.storing.removeAllOf(owner);
});

Then(
  'nothing of {string} is left and all {int} records of {string} are',
  async function (this: RevenueWorld, owner: string, each: number, other: string) {
    expect(await this.naming.storing.leftOf(owner, each)).to.equal(0);
    expect(await this.naming.storing.leftOf(other, each)).to.equal(each);
  },
);
