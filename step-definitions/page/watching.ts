import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Store } from '../../world/operations/operations';
import { kindsOf } from '../../world/page/shown-story';
import type { ChatPage } from '../../world/page/chat-page';
import type { WayToOpen } from '../../world/page/ways-to-open';
import type { Person } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';

When('{person} has/opens the chat page( open)', async function (this: RevenueWorld, person: Person) {
  await person.register();
  await this.pages.open(person);
});

Given('{person} has signed in on the chat page of a phone', function (this: RevenueWorld, person: Person) {
  return this.pages.signInOnPhone(person);
});

Given('{person} has signed in on the chat page', function (this: RevenueWorld, person: Person) {
  return this.pages.signIn(person);
});

Given(
  '{person} has the thread {string} open on the chat page{way-to-open}',
  async function (this: RevenueWorld, person: Person, title: string, open: WayToOpen) {
    await open(this.pages, person, title);
  },
);

Given('{store} has fallen silent', function (this: RevenueWorld, store: Store) {
  this.operations.silence(store);
});

Given(
  '{person} has been answered {string} on the page',
  async function (this: RevenueWorld, person: Person, text: string) {
    await this.pages.of(person).ask(text);
    await this.pages.answered(person);
  },
);

Given('the network has broken half-way through the answer to {string}', function (this: RevenueWorld, text: string) {
  return this.pages.breakHalfWay(this.cast.lastNamed(), text);
});

Given(
  '{person} has asked {string} and {string} on the page',
  async function (this: RevenueWorld, person: Person, first: string, second: string) {
    for (const question of [first, second]) await this.pages.of(person).ask(question);
  },
);

When('{person} asks/(has )asked {string} on the page', function (this: RevenueWorld, person: Person, text: string) {
  return this.pages.of(person).ask(text);
});

When('the network is back', function (this: RevenueWorld) {
  this.pages.restoreNetwork();
});

When('{person} stops the answer', function (this: RevenueWorld, person: Person) {
  return this.pages.of(person).stop();
});

When("{person} opens the address of Dana's page", async function (this: RevenueWorld, person: Person) {
  await this.pages.of(person).goTo(this.pages.of(this.cast.person('Dana')).address);
});

When('{person} signs in there with a wrong password', function (this: RevenueWorld, person: Person) {
  return this.pages.of(person).signIn(person.email, 'a guess that is long enough');
});

When('{person} signs in there, and shows a wrong code', async function (this: RevenueWorld, person: Person) {
  await this.pages.of(person).signIn(person.email, person.password);
  await this.pages.of(person).showCode(this.factors.codes()[0]);
});

Then('with the code of her app the page lets {person} in', async function (this: RevenueWorld, person: Person) {
  await this.pages.of(person).showCode(this.factors.codes()[1]);
  await this.pages.of(person).signedIn();
});

When('{person} reloads the page', function (this: RevenueWorld, person: Person) {
  return this.pages.of(person).reload();
});

When('{person} signs out on the page', function (this: RevenueWorld, person: Person) {
  return this.pages.of(person).signOut();
});

When('the sign-in of the page is ended elsewhere', function (this: RevenueWorld) {
  return this.pages.endSignIn(this.cast.lastNamed());
});

Then(
  'the page shows the question, each thought, each reading with its result, and the report, as they are stored',
  async function (this: RevenueWorld) {
    const shown = await this.pages.answered(this.cast.lastNamed());
    expect(shown).to.deep.equal(await this.pages.expected(this.cast.lastNamed()));
    expect(kindsOf(shown)).to.deep.equal(['question', 'thought', 'reading', 'report', 'row']);
  },
);

Then('the report on the page says how much can be saved', async function (this: RevenueWorld) {
  const story = await this.pages.of(this.cast.lastNamed()).story();
  expect(story.findLast((line) => line.startsWith('report:'))).to.match(/^report: You could save [\d,]+\.\d\d\sUSD$/);
});

Then(
  'the page shows the whole story{of-questions} as it is stored',
  async function (this: RevenueWorld, count: number) {
    const person = this.cast.lastNamed();
    expect(await this.pages.answered(person, 1, count)).to.deep.equal(await this.pages.expected(person, count));
  },
);

Then('the page shows the whole story as it is stored, and that it is live', async function (this: RevenueWorld) {
  const person = this.cast.lastNamed();
  expect(await this.pages.answered(person)).to.deep.equal(await this.pages.expected(person));
  await this.pages.of(person).connectionIs('Live');
});

Then('both tabs show the whole story as it is stored', async function (this: RevenueWorld) {
  const person = this.cast.lastNamed();
  expect(await this.pages.answered(person, 1)).to.deep.equal(await this.pages.expected(person));
  expect(await this.pages.answered(person, 2)).to.deep.equal(await this.pages.expected(person));
});

Then('nothing on the page was made from the markup', async function (this: RevenueWorld) {
  expect(await this.pages.of(this.cast.lastNamed()).foreignElements()).to.equal(0);
});

Then('{page} says/(has )said {string}', (page: ChatPage, words: string) => page.says(words));

Then('{page} lists no thread and tells no story', async (page: ChatPage) => {
  expect(await page.threads()).to.deep.equal([]);
  expect(await page.story()).to.deep.equal([]);
});

Then('{page} tells her {string} and asks her to sign in', async (page: ChatPage, words: string) => {
  expect(await page.toldAboveSignIn()).to.equal(words);
  await page.asksToSignIn();
});

Then('the page renews her sign-in and stays live', async function (this: RevenueWorld) {
  const page = this.pages.of(this.cast.lastNamed());
  expect(await page.connectionsUntilRenewed()).to.equal(1);
  await page.connectionIs('Live');
});

Then('the token of the page is refused as {string}', async function (this: RevenueWorld, code: string) {
  expect(await this.pages.tokenIs(this.cast.lastNamed())).to.equal(code);
});
