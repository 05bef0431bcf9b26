import { defineParameterType, Given, Then, When, type DataTable } from '@cucumber/cucumber';
import { expect } from 'chai';
import { linesOf, reportLines, toolsIn } from '../world/agents-story';
import type { Person } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';
import { disorderIn, endingOf, isEnding } from '../world/story';

const QUESTION = 'Where does our money go?';

defineParameterType({
  name: 'long-question',
  regexp:
    /a question of blanks|a question of [\d,]+ characters|a question with a NUL character|a question with half an emoji|one question more/,
  transformer(words: string): string {
    if (words === 'one question more') return QUESTION;
    if (words === 'a question of blanks') return ' \t ';
    if (words === 'a question with a NUL character') return 'Where does\0our money go?';
    if (words === 'a question with half an emoji') return 'Where does our money go \ud83d?';
    return 'x'.repeat(Number(words.replace(/\D/g, '')));
  },
});

Given(
  'the recorded usage is {count} call(s) on {int} day(s):',
  function (this: RevenueWorld, calls: number, days: number, table: DataTable) {
    this.agents.usage.bring(calls, days, table.hashes());
  },
);

Given(
  'the recorded usage is {int} calls on {int} days, and nobody knows what they cost',
  function (this: RevenueWorld, calls: number, days: number) {
    this.agents.usage.bring(calls, days, []);
  },
);

Given('these savings are possible:', function (this: RevenueWorld, table: DataTable) {
  this.agents.usage.offer(table.hashes());
});

Given('{person} has a thread on two instances', async function (this: RevenueWorld, person: Person) {
  await this.agents.thread(person);
  await this.agents.instance('one');
  await this.agents.instance('two');
});

Given('the agents have answered {person} {string}', async function (this: RevenueWorld, person: Person, text: string) {
  await this.agents.ask(person, text, { message: 'the same' });
  await this.agents.answered(person);
});

When('{person} asks the agents {string}', async function (this: RevenueWorld, person: Person, text: string) {
  await this.agents.ask(person, text);
});

When(
  '{person} asks the agents {string} in the thread {string}',
  async function (this: RevenueWorld, person: Person, text: string, title: string) {
    await this.agents.ask(person, text, { title });
  },
);

When('{person} asks the agents {long-question}', function (this: RevenueWorld, person: Person, text: string) {
  return this.agents.attempt(() => this.agents.ask(person, text));
});

When(
  'both of her devices send the same question at one instant, each to its own instance',
  async function (this: RevenueWorld) {
    const person = this.cast.lastNamed();
    await Promise.all(
      ['one', 'two'].map((instance) => this.agents.ask(person, QUESTION, { instance, message: 'the same' })),
    );
  },
);

Given('{person} has sent the same question once more', async function (this: RevenueWorld, person: Person) {
  await this.agents.ask(person, QUESTION, { message: 'the same' });
});

When('{person} stops it and sends the same question once more', async function (this: RevenueWorld, person: Person) {
  await this.agents.stop(person);
  await this.agents.ask(person, QUESTION, { message: 'the same' });
});

When('{person} sends the first of those that wait once more', async function (this: RevenueWorld, person: Person) {
  await this.agents.ask(person, 'Question 2 about cost', { message: 'message-2' });
});

When('{person} sends another question under the name of that one', function (this: RevenueWorld, person: Person) {
  return this.agents.attempt(() => this.agents.ask(person, 'And last year?', { message: 'the same' }));
});

When('{person} sends the same question once more', async function (this: RevenueWorld, person: Person) {
  await this.agents.ask(person, QUESTION, { message: 'the same' });
});

When(
  '{person} and {person} ask the agents {string} at one instant',
  async function (this: RevenueWorld, one: Person, other: Person, text: string) {
    await Promise.all([one, other].map((person) => this.agents.ask(person, text)));
  },
);

Then('the story reads:', async function (this: RevenueWorld, text: string) {
  const story = await this.agents.answered(this.cast.lastNamed());
  expect(linesOf(story)).to.deep.equal(text.split('\n'));
  expect(disorderIn(story)).to.deep.equal([]);
});

When('the specialists work on {string} of {person}', function (this: RevenueWorld, text: string, person: Person) {
  return this.agents.work(person, text);
});

Given(
  'the specialists have worked on {string} of {person}',
  function (this: RevenueWorld, text: string, person: Person) {
    return this.agents.work(person, text);
  },
);

Given('what a thread has settled on cannot all be read', function (this: RevenueWorld) {
  this.agents.notes.isWhole = false;
});

Given('what threads are about is kept where the platform keeps it', async function (this: RevenueWorld) {
  this.agents.notes.keepIn(await this.state.instance(), this.state.who('Dana'));
});

Then(/^what the thread is about was noted (once|twice)$/, function (this: RevenueWorld, times: 'once' | 'twice') {
  expect(this.agents.notes.times).to.equal(times === 'once' ? 1 : 2);
});

Then('both answers there are about {string}', async function (this: RevenueWorld, period: string) {
  expect(await this.agents.periods(this.cast.lastNamed(), 2)).to.deep.equal([period, period]);
});

Then(
  'the answer in the thread {string} is about {string}',
  async function (this: RevenueWorld, title: string, period: string) {
    expect(await this.agents.periods(this.cast.lastNamed(), 1, title)).to.deep.equal([period]);
  },
);

Then('the report reads:', async function (this: RevenueWorld, text: string) {
  expect(reportLines(await this.agents.report(this.cast.lastNamed()))).to.deep.equal(text.split('\n'));
});

Then("the report's spend is {string}", async function (this: RevenueWorld, spend: string) {
  expect(reportLines(await this.agents.report(this.cast.lastNamed()))).to.include(`spend: ${spend}`);
});

Then(
  'the report lists {string} once as without a price, and no spend and no saving',
  async function (this: RevenueWorld, model: string) {
    const report = await this.agents.report(this.cast.lastNamed());
    expect(report).to.deep.include({ unpriced: [model], spend: null, savings: null });
  },
);

Then('among the thoughts is {string}', async function (this: RevenueWorld, thought: string) {
  expect(await this.agents.thoughts(this.cast.lastNamed())).to.include(thought);
});

Then("each step's work is kept, and the run is over as {string}", async function (this: RevenueWorld, state: string) {
  expect(await this.agents.stored.kept()).to.deep.equal([
    { step: 5, version: 5, agent: 'reporting', ending: state, fence: '1' },
  ]);
  expect(await this.agents.stored.latestRow()).to.deep.include({ state, step: 5, error_code: null });
});

Then('the story tells of as many tools as there were readings', async function (this: RevenueWorld) {
  const tools = toolsIn(await this.agents.answered(this.cast.lastNamed()));
  expect(tools).to.have.lengthOf(this.agents.usage.asked.length).and.not.be.empty;
});

Then('these readings were made, all up to one cut-off:', function (this: RevenueWorld, table: DataTable) {
  const { asked } = this.agents.usage;
  expect(asked.map(({ what, about }) => ({ reading: what, about }))).to.deep.equal(table.hashes());
  expect(new Set(asked.flatMap(({ cut }) => cut ?? []))).to.have.property('size', 1);
});

Then('the story shows what each tool was given and found, as it is kept', async function (this: RevenueWorld) {
  const tools = toolsIn(await this.agents.answered(this.cast.lastNamed()));
  expect(tools.map(({ tool, input, outcome, result }) => ({ tool, input, outcome, result }))).to.deep.equal(
    await this.agents.stored.keptCalls(),
  );
});

Then('{person} is told that it is known, with {int} ahead', function (this: RevenueWorld, _: Person, ahead: number) {
  const [, first] = this.agents.accepted;
  expect(this.agents.latest).to.deep.equal({ runId: first?.runId, waiting: ahead, repeated: true });
});

Then('{person} is told that it is known, with nothing ahead', function (this: RevenueWorld, _person: Person) {
  const [first] = this.agents.accepted.slice(-2);
  expect(this.agents.latest).to.deep.equal({ runId: first?.runId, waiting: 0, repeated: true });
});

Then(
  'one of them is told that the question was known, and both are told of the same run',
  function (this: RevenueWorld) {
    const { accepted } = this.agents;
    expect(accepted.map(({ repeated }) => repeated)).to.have.members([true, false]);
    expect(accepted[0]?.runId).to.equal(accepted[1]?.runId);
  },
);

Then('the thread holds the question and one answer', async function (this: RevenueWorld) {
  const story = await this.agents.answered(this.cast.lastNamed());
  expect(disorderIn(story)).to.deep.equal([]);
  expect(await this.agents.stored.runsOf(this.agents.who(this.cast.lastNamed()).userId)).to.equal(1);
});

Then('the thread holds {int} questions and as many runs', async function (this: RevenueWorld, count: number) {
  const person = this.cast.lastNamed();
  const story = await this.agents.storyOf(person);
  expect(story.filter(({ type }) => type === 'user_message')).to.have.lengthOf(count);
  expect(await this.agents.stored.runsOf(this.agents.who(person).userId)).to.equal(count);
});

Then(
  '{person} was told that {int} question(s) was/were ahead',
  function (this: RevenueWorld, _person: Person, ahead: number) {
    expect(this.agents.latest).to.include({ waiting: ahead, repeated: false });
  },
);

Then('{person} is told that nothing is ahead of his/hers', async function (this: RevenueWorld, person: Person) {
  expect(await this.agents.ask(person, QUESTION)).to.include({ waiting: 0, repeated: false });
});

Then('it is refused as {string}, and asking again later may help', function (this: RevenueWorld, code: string) {
  expect(this.agents.refused).to.include({ code, retryable: true });
});

Then('the question is refused as {string} about {string}', function (this: RevenueWorld, code: string, field: string) {
  expect(this.agents.refused).to.include({ code, field, retryable: false });
});

Then('the reason given is {string}', function (this: RevenueWorld, message: string) {
  expect(this.agents.refused).to.include({ message });
});

Then('the story ends once, as failed with {string}', async function (this: RevenueWorld, code: string) {
  const person = this.cast.lastNamed();
  const story = await this.agents.answered(person);
  expect(story.filter(isEnding).map(({ type }) => type)).to.deep.equal(['agent_failed']);
  expect(endingOf(story)?.data).to.include({ code });
  expect(await this.agents.stored.over()).to.deep.include({ state: 'failed', error_code: code });
});

Then('the story ends once, as stopped', async function (this: RevenueWorld) {
  const person = this.cast.lastNamed();
  const story = await this.agents.answered(person);
  expect(story.filter(isEnding)).to.have.lengthOf(1);
  const { userId } = this.agents.who(person);
  expect(story.at(-1)).to.deep.include({ type: 'agent_cancelled', agent: 'triage', data: { userId } });
});

Then(
  'the customer is told {}, and asking again {again}',
  async function (this: RevenueWorld, quoted: string, retryable: boolean) {
    const message = quoted.slice(1, -1).replace('<the run>', this.agents.latest.runId);
    const { data } = endingOf(await this.agents.answered(this.cast.lastNamed())) ?? {};
    expect(data).to.include({ message, retryable });
  },
);

defineParameterType({
  name: 'again',
  regexp: /may help|is of no use/,
  transformer: (words: string) => words === 'may help',
});

Then('the run is over as {string}', async function (this: RevenueWorld, state: string) {
  expect(await this.agents.stored.over()).to.deep.include({ state });
});

Then(
  'the run is over as {string} because of {string}',
  async function (this: RevenueWorld, state: string, code: string) {
    expect(await this.agents.stored.over()).to.deep.include({ state, error_code: code });
  },
);

Then('the story has one ending, and the run is over as {string}', async function (this: RevenueWorld, state: string) {
  const story = await this.agents.answered(this.cast.lastNamed());
  expect(story.filter(isEnding).map(({ type }) => type)).to.deep.equal([`agent_${state}`]);
  expect(await this.agents.stored.over()).to.deep.include({ state });
});

Then('each of them has an answer of their own', async function (this: RevenueWorld) {
  for (const name of ['Dana', 'Leo'] as const) {
    const story = await this.agents.answered(this.cast.person(name));
    expect(disorderIn(story)).to.deep.equal([]);
    expect(new Set(story.map(({ runId }) => runId))).to.have.property('size', 1);
  }
});

Then('as much was read for Acme as for Birch, each with its own name', function (this: RevenueWorld) {
  const [dana, leo] = (['Dana', 'Leo'] as const).map((name) => this.agents.who({ name }).tenantId);
  const read = this.agents.usage.asked.map(({ tenantId }) => tenantId);
  expect(read.filter((id) => id === dana)).to.have.lengthOf(4);
  expect(read.filter((id) => id === leo)).to.have.lengthOf(4);
});

Then('operators count {int} run(s) taken after a loss', function (this: RevenueWorld, count: number) {
  return this.agents.telling.counted('agent_runs_claimed_total {"after":"interruption"}', count);
});

Then('operators count {int} runs taken after waiting', function (this: RevenueWorld, count: number) {
  return this.agents.telling.counted('agent_runs_claimed_total {"after":"waiting"}', count);
});

Then('operators count {int} runs {string}', async function (this: RevenueWorld, count: number, conclusion: string) {
  await this.agents.answered(this.cast.lastNamed(), count);
  await this.agents.telling.counted(`agent_runs_concluded_total {"conclusion":"${conclusion}"}`, count);
});

Then('operators are told that {string}', async function (this: RevenueWorld, message: string) {
  expect((await this.agents.instance()).health()).to.deep.include({
    ...{ state: 'degraded', cause: message, refused: [message] },
  });
});

Then('nothing is under way on the first instance', function (this: RevenueWorld) {
  return this.agents.underWay(0);
});

Then('{int} run(s) is/are under way on the first instance', function (this: RevenueWorld, count: number) {
  return this.agents.underWay(count);
});
