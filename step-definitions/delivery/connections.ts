import { defineParameterType, Given, Then, When, type DataTable } from '@cucumber/cucumber';
import { expect } from 'chai';
import { eventually } from '../../world/eventually';
import { closingFor } from '../../world/modules/websocket-manager/closings';
import { endOf, STRANGER_WORDS } from '../../world/modules/websocket-manager/live-connections';
import type { Person, Tab } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';

defineParameterType({
  name: 'handshake',
  regexp: new RegExp(STRANGER_WORDS.join('|')),
  transformer: (words: string) => words,
});

When('{person} connects a {device}', (person: Person, device: string) => person.openDevice(device));

Then('{tab} is told how long it may stay, and nothing of her token', async ({ person, name }: Tab) => {
  const { accessToken } = await person.signIn();
  const [welcome] = person.device(name).controls('welcome');
  expect(welcome).to.have.nested.property('data.expiresAt', endOf(accessToken));
  for (const part of accessToken.split('.')) expect(JSON.stringify(welcome)).to.not.contain(part);
});

When('somebody connects {handshake}', function (this: RevenueWorld, how: string) {
  return this.liveConnections.connectAsStranger(how);
});

Given('somebody has connected {count} times with a bad token', function (this: RevenueWorld, count: number) {
  return this.liveConnections.connectWithBadTokens(count);
});

When('somebody connects with a bad token from there and from elsewhere', async function (this: RevenueWorld) {
  await this.liveConnections.connectWithBadTokens(1);
  await this.liveConnections.connectElsewhereWithBadToken();
});

Then('the last two attempts are refused as {string} and {string}', function (this: RevenueWorld, a: string, b: string) {
  expect(this.liveConnections.attempts.answers.slice(-2).map(({ outcome }) => outcome)).to.deep.equal([a, b]);
});

Then('{person} is admitted from there', async function (this: RevenueWorld, person: Person) {
  const { accessToken: token } = await person.signIn();
  const { outcome } = await this.liveConnections.attempts.connect(await this.platformUrl(), { token });
  expect(outcome).to.equal('admitted');
});

Then('the connection is refused as {string}', function (this: RevenueWorld, outcome: string) {
  expect(this.liveConnections.attempts.last).to.include({ outcome, closedWith: closingFor(outcome).code });
});

Then(
  'the connection is refused as {string}, to come back after {duration}',
  function (this: RevenueWorld, outcome: string, ms: number) {
    expect(this.liveConnections.attempts.last).to.include({ outcome, closedWith: closingFor(outcome).code });
    expect(this.liveConnections.attempts.last.retryAfterMs).to.equal(ms);
  },
);

When(
  '{person} connects one more device{where}',
  async function (this: RevenueWorld, person: Person, url: string | undefined) {
    await this.liveConnections.connect(person, 1, [url ?? (await this.platformUrl())], 'in turn');
  },
);

Given(
  "one more of {person}'s devices is refused as {string}",
  async function (this: RevenueWorld, person: Person, outcome: string) {
    await this.liveConnections.connect(person, 1, [await this.platformUrl()], 'in turn');
    expect(this.liveConnections.attempts.last).to.include({ outcome });
  },
);

Then("one more of {person}'s devices is admitted", async function (this: RevenueWorld, person: Person) {
  await this.liveConnections.connect(person, 1, [await this.platformUrl()], 'in turn');
  expect(this.liveConnections.attempts.last).to.include({ outcome: 'admitted' });
});

When(
  '{count} devices of {person} connect/(have )connected there',
  function (this: RevenueWorld, count: number, person: Person) {
    return this.liveConnections.connect(person, count, [this.operations.serving().url], 'in turn');
  },
);

When(
  '{count} devices of {person} connect at once, through two instances',
  async function (this: RevenueWorld, count: number, person: Person) {
    const urls = [await this.platformUrl(), this.operations.serving().url];
    await this.liveConnections.connect(person, count, urls, 'at once');
  },
);

Then(
  '{count} of them are admitted and {count} is/are refused as {string}',
  function (this: RevenueWorld, admitted: number, refused: number, code: string) {
    expect(this.liveConnections.attempts.tally).to.deep.equal({ admitted, [code]: refused });
  },
);

Then('once {person} has closed one, one more is admitted', async function (this: RevenueWorld, person: Person) {
  await this.liveConnections.closeOne(person);
  await this.liveConnections.connect(person, 1, [await this.platformUrl()], 'in turn');
  expect(this.liveConnections.attempts.last.outcome).to.equal('admitted');
});

When(
  '{int} of them leave and {int} loses its connection',
  async function (this: RevenueWorld, leaving: number, torn: number) {
    await this.liveConnections.attempts.leave(leaving);
    await this.liveConnections.attempts.tearOff(torn);
  },
);

Then('operators read of connections:', async function (this: RevenueWorld, table: DataTable) {
  const expected = Object.fromEntries(Object.entries(table.hashes()[0] ?? {}).map(([name, n]) => [name, Number(n)]));
  await eventually(async () => expect(await this.liveConnections.metrics()).to.deep.equal(expected));
});

/** On the connection that it had. */
Then('{tab} is still connected', async function (this: RevenueWorld, tab: Tab) {
  await tab.person.device(tab.name).pingPong();
  expect(this.liveConnections.connectionsOf(tab)).to.have.lengthOf(1);
});

Given('{tab} has renewed its sign-in there', function (this: RevenueWorld, tab: Tab) {
  return this.liveConnections.renew(tab);
});

Then('{tab} shows the whole answer once it has signed in again', async ({ person, name }: Tab) => {
  await person.resume(name);
  expect(await person.answerOn(name)).to.deep.equal(await person.storedAnswer());
});

Given(
  '{person} has signed in on a {device} and a {device} there',
  async function (this: RevenueWorld, person: Person, first: string, second: string) {
    const { url } = this.operations.serving();
    for (const device of [first, second]) await (await person.signInOn(device)).openConnection(url);
  },
);

Given(
  '{person} has signed in on a {device}, and on a {device} there',
  async function (this: RevenueWorld, person: Person, elsewhere: string, there: string) {
    const { url } = this.operations.serving();
    await person.signInOn(elsewhere);
    await (await person.signInOn(there, url)).openConnection(url);
  },
);

Given(
  '{person} has a {device} open there on the thread {string}, on a network that can vanish',
  function (this: RevenueWorld, person: Person, device: string, title: string) {
    return this.liveConnections.openOnBadNetwork(person, device, title);
  },
);

When('the network of {tab} vanishes, and {duration} pass', function (this: RevenueWorld, tab: Tab, ms: number) {
  this.liveConnections.networkVanishes(tab);
  return this.operations.letPass(ms);
});

Then('newcomers there are refused as {string}', async function (this: RevenueWorld, outcome: string) {
  await this.liveConnections.refusedThere(this.cast.lastNamed(), outcome);
});

Then('{tab} is asked to move', ({ person, name }: Tab) =>
  person.device(name).until('the request to move', (seen) => seen.some(({ type }) => type === 'restarting')),
);
