import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { eventually } from '../../world/eventually';
import type { Person, Tab } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';

When(
  '{person} deletes the thread {string} with its answers',
  function (this: RevenueWorld, person: Person, title: string) {
    return this.deletedThreads.delete(person, title);
  },
);

Then(
  'wherever she looks for it, the answer is the one for a thread that never was',
  async function (this: RevenueWorld) {
    const { deleted, neverThere } = await this.deletedThreads.answers(this.cast.lastNamed());
    expect(deleted).to.deep.equal(neverThere);
    expect(deleted.filter((answer) => answer.includes('_not_found'))).to.have.lengthOf(11);
  },
);

When(
  "{person} tries every address of {person}'s thread {string}, and asks in it under the id of her message",
  function (this: RevenueWorld, person: Person, owner: Person, title: string) {
    return this.foreignThread.tryAll(person, owner, title);
  },
);

Then('each answer is the one for a thread that never was', function (this: RevenueWorld) {
  const { known, neverThere } = this.foreignThread.answers;
  expect(known).to.deep.equal(neverThere);
  expect(known.filter((answer) => answer.includes('_not_found'))).to.have.lengthOf(10);
});

Then('nothing stored in PostgreSQL names it any more', async function (this: RevenueWorld) {
  await eventually(async () => {
    expect(await this.deletedThreads.left()).to.deep.equal([]);
  });
});

Given(
  '{person} has opened the thread {string} with a key of her program',
  function (this: RevenueWorld, person: Person, title: string) {
    return this.threadCalls.createWithKey(person, title);
  },
);

Given(
  "{person}'s program has opened the thread {string} there with a key, and was told {string}, because the confirmation of PostgreSQL was lost",
  async function (this: RevenueWorld, person: Person, title: string, code: string) {
    this.operations.loseReplyToCommitOf('insert into thread ');
    await this.threadCalls.createWithKey(person, title, 1, this.operations.serving().url);
    expect(this.threadCalls.answers).to.deep.equal([code]);
  },
);

When(
  'her program opens {string} again with the key, {int} times at once',
  function (this: RevenueWorld, title: string, times: number) {
    return this.threadCalls.createWithKey(this.cast.lastNamed(), title, times);
  },
);

Then(
  'it is given the same thread {int} times, and her list of threads is {string} and no more',
  async function (this: RevenueWorld, times: number, title: string) {
    const person = this.cast.lastNamed();
    expect(this.threadCalls.answers).to.deep.equal(Array(times).fill(person.thread(title)));
    expect(await person.listedThreads()).to.deep.equal([title]);
  },
);

Then('the key with another title is refused as {string}', async function (this: RevenueWorld, code: string) {
  await this.threadCalls.createWithKey(this.cast.lastNamed(), 'Q4 spend');
  expect(this.threadCalls.answers).to.deep.equal([code]);
});

When(
  '{person} and then {person} rename it {string}',
  function (this: RevenueWorld, stranger: Person, owner: Person, title: string) {
    return this.threadCalls.rename(owner.thread(), title, [stranger, owner]);
  },
);

Then('the first is told {string}, and the second has renamed it', function (this: RevenueWorld, code: string) {
  const [refused, renamed] = this.threadCalls.answers;
  expect(refused).to.equal(code);
  expect(renamed).not.to.match(/_/);
});

Then('{two-tabs} are told that the thread was {word}', async (tabs: readonly Tab[], change: string) => {
  for (const { person, name } of tabs) {
    const device = person.device(name);
    await device.until(`the word that it was ${change}`, () => device.controls('thread_changed').length > 0);
    const [word] = device.controls('thread_changed');
    expect(word).to.deep.include({ threadId: person.thread(), data: { change } });
  }
});
