import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Person } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';

/** A report's beginning is in view when it stands in the upper part of the pane. */
const IN_VIEW_PX = { from: -5, to: 200 };

Given('browsers keep nothing for pages', function (this: RevenueWorld) {
  this.pages.blockStorage();
});

When(
  '{person} asks {string} without opening a thread',
  async function (this: RevenueWorld, person: Person, text: string) {
    await this.pages.of(person).begin(text);
    this.pages.noteThread(person, text);
  },
);

When(
  '{person} clicks twice on {string}, which is offered to begin with',
  async function (this: RevenueWorld, person: Person, question: string) {
    await this.pages.of(person).pressTwice(question);
    await this.pages.opened(person, question);
  },
);

When('{person} renames the thread {string}', function (this: RevenueWorld, person: Person, title: string) {
  return this.pages.of(person).tools.rename(title);
});

When('{person} deletes the thread on the page', function (this: RevenueWorld, person: Person) {
  return this.pages.of(person).tools.delete('Delete for good');
});

Given('{person} has asked to delete the thread and decided to keep it', function (this: RevenueWorld, person: Person) {
  return this.pages.of(person).tools.delete('Keep it');
});

When('a program of {person} opens the thread {string}', (person: Person, title: string) => person.openThread(title));

When("an input method's Enter ends the word {string} in her question", function (this: RevenueWorld, word: string) {
  return this.pages.of(this.cast.lastNamed()).tools.composeWord(word);
});

Then('the page lists the thread(s) {string}', async function (this: RevenueWorld, titles: string) {
  const wanted = titles.split(', ');
  const person = this.cast.lastNamed();
  expect(await this.pages.of(person).threadsInTheEnd(wanted.length)).to.deep.equal(wanted);
  // The page may not have been told of one too many yet.
  expect(await person.listedThreads()).to.deep.equal(wanted);
});

Then('the other tab shows the title {string}, in its list too', async function (this: RevenueWorld, title: string) {
  const other = this.pages.of(this.cast.lastNamed(), 2);
  await other.isOpen(title);
  expect(await other.threads()).to.deep.equal([title]);
});

Given(
  '{person} has been answered {string} and {string} on the page',
  async function (this: RevenueWorld, person: Person, first: string, second: string) {
    for (const [before, text] of [first, second].entries()) {
      await this.pages.of(person).ask(text);
      await this.pages.answered(person, 1, before + 1);
    }
  },
);

Given('{person} has found no room for the chat page', async function (this: RevenueWorld, person: Person) {
  const page = await this.pages.trySignIn(person);
  await page.trouble();
});

Then('the page asks her to sign in, without a complaint', async function (this: RevenueWorld) {
  const page = this.pages.of(this.cast.lastNamed());
  await page.asksToSignIn();
  expect(await page.complaint()).to.equal('');
});

Then('the other tab is signed in', async function (this: RevenueWorld) {
  await this.pages.of(this.cast.lastNamed(), 2).signedIn();
});

Then(
  'the beginning of the newest answer is in view, and typing writes a question',
  async function (this: RevenueWorld) {
    const { reportAt, focused } = await this.pages.openedAnew(this.cast.lastNamed(), 2);
    expect([reportAt >= IN_VIEW_PX.from && reportAt <= IN_VIEW_PX.to, focused]).to.deep.equal([true, 'question']);
  },
);

Then('the two reports are called by their questions', async function (this: RevenueWorld) {
  const page = this.pages.of(this.cast.lastNamed());
  expect(await page.tools.reportNames()).to.deep.equal((await page.questions()).map((text) => `Report: ${text}`));
});

Then('the question is written from right to left, the title from left to right', async function (this: RevenueWorld) {
  const { tools } = this.pages.of(this.cast.lastNamed());
  expect(await tools.directions()).to.deep.equal({ question: 'rtl', title: 'ltr' });
});

Then('{string} is written there, and nothing was asked', async function (this: RevenueWorld, text: string) {
  const person = this.cast.lastNamed();
  expect(await this.pages.of(person).written()).to.equal(text);
  expect(await person.storedEvents()).to.deep.equal([]);
});

Given(
  '{person} has been answered {string} on the page, and has shared the answer',
  async function (this: RevenueWorld, person: Person, text: string) {
    await this.pages.of(person).ask(text);
    await this.pages.answered(person);
    await this.pages.of(person).tools.share('Share with', 'Everybody at');
  },
);

When('{person} stops sharing the answer on the page', function (this: RevenueWorld, person: Person) {
  return this.pages.of(person).tools.share('Stop sharing', 'Only you can see this report.');
});

When('{person} stops sharing the answer in the list of shared reports', function (this: RevenueWorld, person: Person) {
  return this.pages.of(person).tools.takeBackListed();
});

Then('the page says {string} below the answer', async function (this: RevenueWorld, words: string) {
  expect(await this.pages.of(this.cast.lastNamed()).tools.sharingSays()).to.equal(words);
});

Then('the keyboard is at the button {string}', async function (this: RevenueWorld, button: string) {
  expect(await this.pages.of(this.cast.lastNamed()).tools.focusedText()).to.equal(button);
});

Then(
  'the shared reports on the page of {person} are {int}, with {string}',
  async function (this: RevenueWorld, person: Person, count: number, question: string) {
    const listed = await this.pages.of(person).tools.sharedReports(count);
    expect([listed.length, listed[0]?.includes(question)]).to.deep.equal([count, true]);
    expect(await this.pages.of(person).tools.openShared(question)).not.to.equal('');
  },
);

Then('the page of {person} says that nobody has shared a report', async function (this: RevenueWorld, person: Person) {
  expect(await this.pages.of(person).tools.sharedReports(0)).to.deep.equal([]);
});

When(
  '{person} looks at her/his {int} devices on the page and closes the first',
  async function (this: RevenueWorld, person: Person, count: number) {
    const { tools } = this.pages.of(person);
    await tools.openTabs(count);
    await tools.closeFirstTab(count - 1);
  },
);

Then('the page is live and says no more', async function (this: RevenueWorld) {
  await this.pages.of(this.cast.lastNamed()).isLive();
});
