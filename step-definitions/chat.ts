import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { ThreadId } from '../ssot/kernel';
import type { Person, Position, Tab } from '../world/actors/person';
import type { Tenant } from '../world/actors/tenant';
import type { RevenueWorld } from '../world/revenue-world';
import { disorderIn, endingOf, gapsIn, specialistsIn } from '../world/clients/event-order';

Given('{tenant} has a month of AI usage', (tenant: Tenant) => tenant.bringUsage());

Given(
  '{person} has {devices} open{where} on the/his (own )thread {string}',
  async (person: Person, devices: readonly string[], url: string | undefined, title: string) => {
    for (const device of devices) await person.openDeviceOn(device, title, url);
  },
);

Given(
  '{person} and {person} each have a {device} open on a thread {string}',
  async (one: Person, other: Person, device: string, title: string) => {
    await one.openDeviceOn(device, title);
    await other.openDeviceOn(device, title);
  },
);

Given(
  '{person} has/opens a {device} (open )on the same thread through another instance',
  async function (this: RevenueWorld, person: Person, device: string) {
    const elsewhere = await this.operations.startInstance();
    await (await person.openDevice(device, elsewhere.url)).follow(person.thread());
  },
);

When('{person} has/is (been )answered {string}( there)', (person: Person, question: string) =>
  person.askAndBeAnswered(question),
);

Given(
  '{person} has asked {string} on a {device} there, in the thread {string}',
  async function (this: RevenueWorld, person: Person, question: string, device: string, title: string) {
    await person.openDeviceOn(device, title, this.operations.serving().url);
    await person.ask(question);
  },
);

Given(
  '{person} has been answered {string} on a {device} there, in the thread {string}',
  async function (this: RevenueWorld, person: Person, question: string, device: string, title: string) {
    await person.openDeviceOn(device, title, this.operations.serving().url);
    await person.askAndBeAnswered(question);
  },
);

When('{person} asks/(has )asked {string}', (person: Person, question: string) => person.ask(question));

When('{person} asks {string} on a {device} elsewhere', async (person: Person, question: string, device: string) => {
  await (await person.openDevice(device)).follow(person.thread());
  await person.ask(question, person.device(device));
});

When('{person} asks {string} on {tab}', (person: Person, question: string, tab: Tab) =>
  person.ask(question, person.device(tab.name)),
);

When(
  '{person} asks {string} on {tab} and {string} on {tab} at the same moment',
  (person: Person, first: string, one: Tab, second: string, other: Tab) =>
    Promise.all([person.ask(first, person.device(one.name)), person.ask(second, person.device(other.name))]),
);

Then('{two-tabs} show both questions with the same numbers', async ([one, other]: readonly [Tab, Tab]) => {
  const questions = await one.person.questionsOn(one.name, 2);
  expect(await other.person.questionsOn(other.name, 2)).to.deep.equal(questions);
  expect(new Set(questions.map(({ runId }) => runId)).size).to.equal(2);
});

Then(
  '{tab} shows the question, the start, the thoughts, each tool with its result, and the report, in this order',
  async ({ person, name }: Tab) => expect(disorderIn(await person.answerOn(name))).to.deep.equal([]),
);

Then('{tab} shows these specialists at work: {list}', async ({ person, name }: Tab, kinds: string[]) =>
  expect(specialistsIn(await person.answerOn(name))).to.deep.equal(kinds),
);

Then('{two-tabs} show the same story to its end', async ([one, other]: readonly [Tab, Tab]) => {
  const answer = await one.person.answerOn(one.name);
  expect(await other.person.answerOn(other.name)).to.deep.equal(answer).and.not.be.empty;
});

Then('no event is missing or doubled on {two-tabs}', (tabs: readonly Tab[]) => {
  for (const { person, name } of tabs) expect(gapsIn(person.storyOn(name)), name).to.deep.equal([]);
});

Then('{tab} shows/(has )shown the whole answer', async ({ person, name }: Tab) =>
  expect(disorderIn(await person.answerOn(name))).to.deep.equal([]),
);

Then('{tabs} show(s) nothing', async (tabs: readonly Tab[]) => {
  for (const { person, name } of tabs) expect(await person.device(name).eventsUntilNow(), name).to.deep.equal([]);
});

Given(
  '{tab} loses its connection as soon as the agent has started on {string}',
  async ({ person, name }: Tab, question: string) => {
    await person.ask(question, person.device(name));
    await person.device(name).loseAfter('agent_started');
  },
);

When('{tab} connects again and resumes after the last event it has', ({ person, name }: Tab) => person.resume(name));

When('a new tablet resumes the thread {position}', function (this: RevenueWorld, position: Position) {
  return this.cast.lastNamed().resumeFrom(position, 'tablet');
});

Then(
  '{tab} receives every event of the story',
  ({ person, name }: Tab) => expect(person.storyOn(name)).to.deep.equal(person.storyOn('phone')).and.not.be.empty,
);

Then(
  '{tab} receives exactly the second half of the story',
  ({ person, name }: Tab) =>
    expect(person.storyOn(name)).to.deep.equal(person.storyOn('phone').slice(person.middle())).and.not.be.empty,
);

Then('{tab} receives nothing but that it has caught up', async ({ person, name }: Tab) => {
  expect(await person.device(name).eventsUntilNow()).to.deep.equal([]);
  expect(person.device(name).controls('caught_up')).to.have.lengthOf(1);
});

Then('{tab} receives the advice to start over, and no events', async ({ person, name }: Tab) => {
  expect(await person.device(name).eventsUntilNow()).to.deep.equal([]);
  expect(person.device(name).refusals()).to.deep.equal(['seq_ahead']);
});

When('{person} tries to follow {owned-thread} on a {device}', (person: Person, threadId: ThreadId, device: string) =>
  person.tryToFollow(threadId, device),
);

Then('the {device} is told {string} and nothing else', async function (this: RevenueWorld, name: string, code: string) {
  const device = this.cast.lastNamed().device(name);
  expect(await device.eventsUntilNow()).to.deep.equal([]);
  expect(device.refusals()).to.deep.equal([code]);
});

Then(
  '{two-tabs} both show {string} as entry {count}',
  ([one, other]: readonly [Tab, Tab], text: string, seq: number) => {
    const entry = one.person.storyOn(one.name)[seq - 1];
    expect(entry).to.deep.include({ seq, type: 'user_message' }).and.to.have.nested.property('data.text', text);
    return other.person.seesEntry(other.name, entry);
  },
);

Given('{tab} has sent {string} and lost its connection before the reply', ({ person, name }: Tab, text: string) =>
  person.sayAndLose(text, name),
);

When('{tab} connects again and sends the same message once more', ({ person, name }: Tab) => person.sayAgain(name));

Then('one run has answered it', async function (this: RevenueWorld) {
  const story = await this.cast.lastNamed().storedAnswer();
  expect(new Set(story.map((event) => event.runId))).to.have.property('size', 1);
});

Then('{person} is answered in full when she asks again through a healthy instance', async (person: Person) => {
  await (await person.openDevice('tablet')).follow(person.thread());
  await person.ask('Where does our money go?', person.device('tablet'));
  expect(endingOf(await person.answerOn('tablet'), person.latestRun)).to.have.property('type', 'agent_completed');
});

When('{person} has the thread {string} deleted for good', (person: Person, title: string) =>
  person.deleteThread(title),
);

Then('her list of threads is {string} and no more', async function (this: RevenueWorld, title: string) {
  expect(await this.cast.lastNamed().listedThreads()).to.deep.equal([title]);
});

Then(
  'opening and reading {string} are both refused as {string}',
  async function (this: RevenueWorld, title: string, code: string) {
    expect(await this.cast.lastNamed().rereadThread(title)).to.deep.equal([code, code]);
  },
);
