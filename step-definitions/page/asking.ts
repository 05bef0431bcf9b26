import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import {
  askWhileDown,
  haveOneRefused,
  lookAwayAndReload,
  notSentYet,
  unasked,
} from '../../world/page/unsent-questions';
import { eventually } from '../../world/eventually';
import type { Person } from '../../world/actors/person';
import type { Mishap, WayToOpen } from '../../world/page/ways-to-open';
import type { RevenueWorld } from '../../world/revenue-world';

const UNASKABLE = {
  '8,001 characters': 'a'.repeat(8_001),
  blanks: '   ',
  'invisible characters': '\u200b\u3164\u2060',
};
const TEN = Array.from({ length: 10 }, (_, at) => `device ${at + 1}`);

Given(
  '{person} has the threads {string} and {string} on the chat page{way-to-open}',
  async function (this: RevenueWorld, person: Person, first: string, second: string, open: WayToOpen) {
    await person.openThread(first);
    await open(this.pages, person, second);
  },
);

Given(
  '{person} has asked {string} there while the connection was down',
  function (this: RevenueWorld, person: Person, text: string) {
    return askWhileDown(this.pages, person, text);
  },
);

Given(
  '{person} has looked into the thread {string}, come back to {string} and reloaded the page',
  function (this: RevenueWorld, person: Person, other: string, title: string) {
    return lookAwayAndReload(this.pages, person, other, title);
  },
);

Given('the page has told her that {string} is not sent yet', async function (this: RevenueWorld, text: string) {
  expect(await notSentYet(this.pages, this.cast.lastNamed())).to.deep.equal([text, 'Not sent yet']);
});

Given(
  /^(?:her|his) question "([^"]+)" was refused there while \S+ wrote the next one$/,
  function (this: RevenueWorld, text: string) {
    return haveOneRefused(this.pages, this.cast.lastNamed(), text, 'And then?');
  },
);

Given(
  'another instance has taken the place of hers, and her new connection does not stand yet',
  function (this: RevenueWorld) {
    return this.pages.replaceInstance(this.cast.lastNamed());
  },
);

Given('{person} has ten devices open', async function (this: RevenueWorld, person: Person) {
  await Promise.all(TEN.map((name) => person.openDevice(name)));
});

Given('{person} has {int} threads', async function (this: RevenueWorld, person: Person, count: number) {
  const titles = Array.from({ length: count }, (_, at) => `Week ${at + 1}`);
  await Promise.all(titles.map((title) => person.openThread(title)));
});

Given('{person} has signed in and opened a link in a new tab', function (this: RevenueWorld, person: Person) {
  return this.pages.signInAndOpenAnother(person);
});

Given('the page has told her that there is no answer: {string}', async function (this: RevenueWorld, words: string) {
  expect(await this.pages.of(this.cast.lastNamed()).failure()).to.equal(words);
});

Given('somebody puts a script into whatever is read from the platform', function (this: RevenueWorld) {
  this.pages.meddle();
});

When('the connection is back', async function (this: RevenueWorld) {
  this.pages.connections.restore();
  await this.pages.of(this.cast.lastNamed()).letPass(30_000);
});

When(
  '{person} writes/(has )written {string} in {string} without asking it',
  async function (this: RevenueWorld, person: Person, text: string, title: string) {
    await this.pages.of(person).openThread(title);
    await this.pages.of(person).write(text);
  },
);

When(
  /^\S+ asks a question of (8,001 characters|blanks|invisible characters) on the page$/,
  function (this: RevenueWorld, size: keyof typeof UNASKABLE) {
    return this.pages.of(this.cast.lastNamed()).ask(UNASKABLE[size]);
  },
);

When('{person} presses {string} on the page', function (this: RevenueWorld, person: Person, button: string) {
  return this.pages.of(person).press(button);
});

When('{person} signs in on the chat page as well', async function (this: RevenueWorld, person: Person) {
  await this.pages.trySignIn(person);
});

When('her connection ends because her access was ended', function (this: RevenueWorld) {
  return this.cast.lastNamed().tenant.suspend();
});

When(
  'ClickHouse is back, and {person} clicks {string} twice',
  async function (this: RevenueWorld, person: Person, button: string) {
    this.operations.restore();
    await this.pages.of(person).pressTwice(button);
  },
);

When('{person} clicks {string} twice', function (this: RevenueWorld, person: Person, button: string) {
  return this.pages.of(person).pressTwice(button);
});

When(
  '{person} asks {string} on the page, and {mishap}',
  async function (this: RevenueWorld, person: Person, text: string, happen: Mishap) {
    happen(this.pages.connections);
    await this.pages.of(person).ask(text);
  },
);

When(
  'the new connection stands, and {person} asks {string}',
  async function (this: RevenueWorld, person: Person, text: string) {
    this.pages.connections.release();
    await this.pages.of(person).ask(text);
  },
);

When('{person} signs out on the page, and in again', async function (this: RevenueWorld, person: Person) {
  await this.pages.of(person).signOut();
  await this.pages.signInAgain(person);
});

Then('{written} is written in {string}', async function (this: RevenueWorld, text: string, title: string) {
  await this.pages.of(this.cast.lastNamed()).openThread(title);
  expect(await this.pages.of(this.cast.lastNamed()).written()).to.equal(text);
});

Then('what she wrote is still there, and nothing was asked', async function (this: RevenueWorld) {
  const { written, ...others } = await unasked(this.pages, this.cast.lastNamed());
  expect([Object.values(UNASKABLE).includes(written), others]).to.deep.equal([true, { waiting: [], asked: [] }]);
});

Then('the page lists {int} thread(s), each once', async function (this: RevenueWorld, count: number) {
  const threads = await this.pages.of(this.cast.lastNamed()).threadsInTheEnd(count);
  expect([threads.length, new Set(threads).size]).to.deep.equal([count, count]);
});

Then(
  'the page says beside {string} that {string}',
  async function (this: RevenueWorld, connection: string, words: string) {
    const page = this.pages.of(this.cast.lastNamed());
    await page.connectionIs(connection);
    expect(await page.trouble()).to.equal(words);
  },
);

Then('it is live and says no more when one of them was closed', async function (this: RevenueWorld) {
  await this.cast.lastNamed().device('device 1').lose();
  await this.pages.of(this.cast.lastNamed()).isLiveAfter(30_000);
});

Then('the page has left the old connection for the new one', async function (this: RevenueWorld) {
  await eventually(() => expect(this.pages.connections.hasMoved).to.equal(true));
});

Then('the script has not run, because the page forbids it', async function (this: RevenueWorld) {
  const page = this.pages.of(this.cast.lastNamed());
  await page.asksToSignIn();
  expect(await page.foreignScripts()).to.deep.equal({ hasRun: false, forbidden: 1 });
});
