import { Given, Then, When, type DataTable } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Person } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';

When(
  '{person} and {person} write {int} entries into a thread of the same name, all at once',
  function (this: RevenueWorld, first: Person, second: Person, writes: number) {
    return this.state.crowd.writeSideBySide([first.name, second.name], writes);
  },
);

Then(
  '{person} finds there {int} entries of {person} and none of anybody else',
  async function (this: RevenueWorld, { name }: Person, count: number, owner: Person) {
    expect(await this.state.crowd.owners(name)).to.deep.equal({ [owner.name]: count });
  },
);

Given(
  '{person} has noted {string} and {string} in the thread {string}',
  async function (this: RevenueWorld, { name }: Person, first: string, second: string, id: string) {
    await this.state.note(name, first, { id });
    await this.state.note(name, second, { id, item: '1' });
  },
);

Given(
  '{person} has listed the first page of the thread {string}',
  function (this: RevenueWorld, { name }: Person, id: string) {
    return this.state.shares.firstPage(name, { id, limit: 1 });
  },
);

When(/^Leo from Birch (.*) under the name "(.*)"$/, function (this: RevenueWorld, way: string, id: string) {
  return this.state.atHand.pry('Leo', way, id, this.state.shares.cursor);
});

Then('nothing is shown to him', function (this: RevenueWorld) {
  expect(this.state.atHand.seen).to.deep.equal([]);
});

Then(
  '{person} finds both her notes in the thread {string}',
  async function (this: RevenueWorld, { name }: Person, id: string) {
    expect(await this.state.shares.items(name, { id })).to.have.length(2);
  },
);

When(
  /^Dana from Acme keeps entries under a name with (.*) and under the name it looks like$/,
  function (this: RevenueWorld, sign: string) {
    return this.state.atHand.lookAlike('Dana', sign);
  },
);

Then('each of the two is found as it was kept', async function (this: RevenueWorld) {
  expect(await this.state.atHand.bothPlaces('Dana')).to.deep.equal(['mine', 'theirs']);
});

When(
  /^somebody with (.*) reads, writes, lists, clears, listens and wakes$/,
  function (this: RevenueWorld, what: string) {
    return this.state.atHand.reachWith(what);
  },
);

Then('each of these {int} is refused as {string}', function (this: RevenueWorld, count: number, code: string) {
  expect(this.state.atHand.refusals).to.deep.equal(Array(count).fill(code));
});

Given('{person} has shared {string} with her company', function (this: RevenueWorld, { name }: Person, what: string) {
  return this.state.atHand.share(name, what);
});

When('{person} looks at what her company shares', async function (this: RevenueWorld, { name }: Person) {
  this.state.atHand.seen = await this.state.atHand.shared(name);
});

Then('{person} reads {string}', function (this: RevenueWorld, _person: Person, what: string) {
  expect(this.state.atHand.seen).to.equal(what);
});

When(
  '{person} tries to share {string} with her company',
  function (this: RevenueWorld, { name }: Person, what: string) {
    return this.state.atHand.share(name, what);
  },
);

When('{person} shares {string} with her company', function (this: RevenueWorld, { name }: Person, what: string) {
  return this.state.atHand.share(name, what);
});

Then('{person} still reads {string} as shared', async function (this: RevenueWorld, { name }: Person, what: string) {
  expect(await this.state.atHand.shared(name)).to.equal(what);
});

When('everything Redis holds of {person} company is searched', async function (this: RevenueWorld, { name }: Person) {
  this.state.atHand.seen = await this.state.atHand.rawText(name);
});

Then('{string} is not found, while her thread is', function (this: RevenueWorld, words: string) {
  expect(this.state.atHand.seen).to.contain('Q3%20spend');
  expect(this.state.atHand.seen).not.to.contain(words);
});

When("Dana's stored bytes are copied to where Ravi's stand, and Ravi reads them", function (this: RevenueWorld) {
  return this.state.atHand.copyBytes('Dana', 'Ravi', { id: 'Q3 spend' });
});

Given('{person} stored bytes were damaged', function (this: RevenueWorld, { name }: Person) {
  return this.state.atHand.damage(name);
});

Given('{person} stored bytes were damaged and found to be so', async function (this: RevenueWorld, { name }: Person) {
  await this.state.atHand.damage(name);
  await this.state.read(name, { id: 'Q3 spend' });
  expect(this.state.refused?.code).to.equal('state_corrupted');
});

Then(
  'operators see {int} damaged entry of the kind {string}',
  function (this: RevenueWorld, count: number, kind: string) {
    const damaged = { name: 'state_corrupted_total', kind };
    expect(this.state.counted).to.deep.equal(Array.from({ length: count }, () => damaged));
  },
);

Then('these refusals say that a repeat may help: {string}', function (this: RevenueWorld, codes: string) {
  expect(this.state.codes(true)).to.equal(codes);
});

When('an integrator reads what working state can be refused for', function (this: RevenueWorld) {
  expect(this.state.codes(false)).to.be.a('string');
});

Then('these say that it does not: {string}', function (this: RevenueWorld, codes: string) {
  expect(this.state.codes(false)).to.equal(codes);
});

When('an operator sets up an instance and says nothing else', function (this: RevenueWorld) {
  expect(this.state.limit('personEntries')).to.be.a('number');
});

Then('it keeps to these numbers:', function (this: RevenueWorld, table: DataTable) {
  const told = table.raw().map(([what = '', number]) => [what, number]);
  expect(told.map(([what = '']) => [what, this.state.limit(what).toLocaleString('en')])).to.deep.equal(told);
});

Then('the damaged bytes are kept aside, out of every list', async function (this: RevenueWorld) {
  expect(await this.state.shares.kept('Dana')).to.equal(0);
  expect((await this.state.keysOf('Dana')).filter((key) => key.includes(':bad:'))).to.have.length(1);
});
