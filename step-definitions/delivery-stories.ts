import { defineParameterType, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Appended } from '../ssot/kernel';
import { LEFT_OUT } from '../world/delivery-rules';
import { REPORT_VALUES } from '../world/delivery-values';
import type { Person, Tab } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';

defineParameterType({ name: 'words', regexp: /.+/, transformer: (text: string) => text, useForSnippets: false });
defineParameterType({
  name: 'run-event',
  regexp: /the question|the start|a thought|call A|result A|the report|a failure|a cancellation/,
  transformer: (text: string) => text,
  useForSnippets: false,
});
defineParameterType({
  name: 'part-value',
  regexp: /left out|null|-?\d+(?:\.\d+)?|"[^"]*"/,
  transformer: (text: string): unknown => (text === 'left out' ? LEFT_OUT : JSON.parse(text)),
  useForSnippets: false,
});
defineParameterType({
  name: 'report-value',
  regexp: new RegExp(Object.keys(REPORT_VALUES).join('|')),
  transformer: (text: string) => REPORT_VALUES[text as keyof typeof REPORT_VALUES](),
  useForSnippets: false,
});

Given('a run of which is told: {words}', function (this: RevenueWorld, told: string) {
  this.delivery.rules.told(told);
});

When('next is told: {words}', function (this: RevenueWorld, next: string) {
  this.delivery.rules.tellNext(next);
});

Then('the story answers: {words}', function (this: RevenueWorld, verdict: string) {
  expect(this.delivery.rules.verdict).to.equal(verdict);
});

When('a report is handed in that holds {report-value}', function (this: RevenueWorld, report: unknown) {
  this.delivery.rules.handIn('the report', 'data.report', report);
});

When(
  '{run-event} is handed in whose {word} is {part-value}',
  function (this: RevenueWorld, kind: string, part: string, value: unknown) {
    this.delivery.rules.handIn(kind, part, value);
  },
);

Then('the event is judged: {words}', function (this: RevenueWorld, verdict: string) {
  const refusal = this.delivery.rules.refusal;
  const told = refusal === null ? 'taken' : `${refusal.code} at ${refusal.field}: ${refusal.message}`;
  expect(told).to.equal(verdict);
});

Then('the refusal names the place {words}', function (this: RevenueWorld, place: string) {
  const { code, field, message } = this.delivery.rules.refusal ?? {};
  expect({ code, field }).to.deep.equal({ code: 'event_invalid', field: place });
  expect(message).to.match(new RegExp(`^The event is not valid at "${place}": .+ .+\\.$`));
});

When('the refusals of the chat are looked through', function (this: RevenueWorld) {
  this.delivery.rules.lookThroughRefusals();
});

Then('the same request may succeed later after {words}, and no other', function (this: RevenueWorld, codes: string) {
  expect(this.delivery.rules.done).to.deep.equal(codes.split(', '));
});

// Stored stories

Given(
  '{person} watches the thread {string} on a line of {tab}',
  function (this: RevenueWorld, person: Person, title: string, tab: Tab) {
    return this.delivery.watch(person.name, tab.name, title);
  },
);

Given('{person} agent has handed in: {words}', async function (this: RevenueWorld, person: Person, words: string) {
  expect(await this.delivery.append(person.name, this.delivery.run.all(words)), 'handed in').to.not.equal(null);
});

When(
  '{person} agent hands in through another instance: {words}',
  async function (this: RevenueWorld, person: Person, words: string) {
    await this.delivery.append(person.name, this.delivery.run.all(words), 1);
  },
);

When('{person} agent hands in at once: {words}', async function (this: RevenueWorld, person: Person, words: string) {
  await this.delivery.append(person.name, this.delivery.run.all(words));
});

Then('it is refused as {string}, because {string}', function (this: RevenueWorld, code: string, message: string) {
  expect(this.delivery.refusals).to.have.lengthOf(1);
  expect(this.delivery.refusals[0]).to.include({ code, message });
});

Then(
  'one of them is refused as {string}, because {string}',
  function (this: RevenueWorld, code: string, message: string) {
    expect(this.delivery.refusals).to.have.lengthOf(1);
    expect(this.delivery.refusals[0]).to.include({ code, message });
  },
);

Then('the thread holds no event and {tab} is shown none', async function (this: RevenueWorld, { person, name }: Tab) {
  expect(await this.delivery.stored(person.name)).to.deep.equal([]);
  expect(this.delivery.shown(person.name, name)).to.deep.equal([]);
});

When('one instance hands in the report while another hands in a cancellation', function (this: RevenueWorld) {
  return this.delivery.telling.endTwice(this.cast.lastNamed().name);
});

Then(
  '{tab} is shown events {int} to {int} of the thread',
  function (this: RevenueWorld, { person, name }: Tab, from: number, to: number) {
    const numbers = Array.from({ length: to - from + 1 }, (_, i) => from + i);
    expect(this.delivery.shown(person.name, name)).to.deep.equal(numbers);
  },
);

Then('{tab} is shown no events of the thread', function (this: RevenueWorld, { person, name }: Tab) {
  expect(this.delivery.shown(person.name, name)).to.deep.equal([]);
});

When(
  'the run goes on in {person} thread {string} with: {words}',
  async function (this: RevenueWorld, person: Person, title: string, words: string) {
    await this.delivery.threadOf(person.name, title);
    await this.delivery.append(person.name, this.delivery.run.all(words), 0, title);
  },
);

When('{int} runs are told at once, each of {int} events', function (this: RevenueWorld, runs: number, each: number) {
  return this.delivery.telling.atOnce(this.cast.lastNamed().name, runs, each);
});

Then('the events of each run stand in the order they were told', async function (this: RevenueWorld) {
  const orders = await this.delivery.telling.inOrder(this.cast.lastNamed().name);
  expect(orders).to.not.be.empty.and.not.include(false);
});

When('work that tells the question is undone before it is finished', function (this: RevenueWorld) {
  return this.delivery.telling.andUndo(this.cast.lastNamed().name);
});

Then('what {person} agent tells next is event {int}', async function (this: RevenueWorld, person: Person, seq: number) {
  const told = await this.delivery.append(person.name, this.delivery.run.all('the question'));
  expect(told?.events.map((event) => event.seq)).to.deep.equal([seq]);
});

When(
  'work tells the question, and looks at {tab} before it is finished',
  function (this: RevenueWorld, { person, name }: Tab) {
    return this.delivery.telling.withinWork(person.name, name);
  },
);

Then(
  'by then nothing was shown, and afterwards {tab} is shown events {int} to {int} of the thread',
  function (this: RevenueWorld, { person, name }: Tab, from: number, to: number) {
    expect(this.delivery.telling.duringWork).to.deep.equal({ shown: [], announced: 'after_commit' });
    expect(this.delivery.shown(person.name, name)).to.deep.equal([from, to].slice(0, to - from + 1));
  },
);

When(
  '{person} agent hands in the question and the start, and both again with a thought',
  function (this: RevenueWorld, person: Person) {
    return this.delivery.telling.again(person.name);
  },
);

When(
  '{person} agent hands in the question, the start and a thought, and the thought again',
  function (this: RevenueWorld, person: Person) {
    return this.delivery.telling.thoughtAgain(person.name);
  },
);

Then('the second time answers with number {int}, which was known', function (this: RevenueWorld, seq: number) {
  const { events, ...rest } = this.delivery.telling.answered as Appended;
  expect(events.map((event) => event.seq)).to.deep.equal([seq]);
  expect(rest).to.deep.equal({ repeated: 1, announced: 'now' });
});

Then(
  'the second time answers with numbers {int}, {int}, {int}, of which {int} were known',
  function (this: RevenueWorld, one: number, two: number, three: number, repeated: number) {
    const { events, ...rest } = this.delivery.telling.answered as Appended;
    expect(events.map((event) => event.seq)).to.deep.equal([one, two, three]);
    expect(rest).to.deep.equal({ repeated, announced: 'now' });
  },
);

When(
  '{person} agent hands in one of each: {words}',
  async function (this: RevenueWorld, person: Person, words: string) {
    await this.delivery.telling.remembered(person.name, words);
  },
);

Then(
  "the stored story and {tab}'s are both what was handed in, numbered from 1, at the time it was told",
  async function (this: RevenueWorld, { person, name }: Tab) {
    const expected = this.delivery.telling.expected;
    expect(expected).to.not.be.empty;
    expect(await this.delivery.stored(person.name)).to.deep.equal(expected);
    expect(this.delivery.device(person.name, name).story(this.delivery.thread())).to.deep.equal(expected);
  },
);
