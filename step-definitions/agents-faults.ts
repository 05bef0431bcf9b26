import { defineParameterType, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { MISBEHAVIOURS, type Misbehaviour } from '../world/agents-behaviour';
import { linesOf, thoughtsIn, toolsIn } from '../world/agents-story';
import { TROUBLES, type Trouble } from '../world/agents-usage';
import type { Person } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';
import { endingOf, isEnding, openCallsIn } from '../world/story';

const QUESTION = 'Where does our money go?';
const oneOf = (names: object): RegExp => new RegExp(Object.keys(names).join('|'));

defineParameterType({ name: 'misbehaviour', regexp: oneOf(MISBEHAVIOURS), transformer: (words: string) => words });
defineParameterType({ name: 'trouble', regexp: oneOf(TROUBLES), transformer: (words: string) => words });
defineParameterType({
  name: 'kind',
  regexp: /triage|optimisation|reporting/,
  transformer: (words: string) => words,
});
type Kind = 'triage' | 'optimisation' | 'reporting';

Given('a triage that {misbehaviour}', function (this: RevenueWorld, how: Misbehaviour) {
  this.agents.scenes.misbehave(how);
});

Given('a triage that is allowed 10 minutes', function (this: RevenueWorld) {
  this.agents.scenes.replace('triage', { limitMs: 600_000, create: MISBEHAVIOURS['never comes to an end'] });
});

Given('a reporting that returns no report', function (this: RevenueWorld) {
  this.agents.scenes.withoutReport();
});

Given('a catalogue whose optimisation has no factory', function (this: RevenueWorld) {
  this.agents.scenes.replace('optimisation', { create: undefined as never });
});

Given(
  'specialists that alter what they were handed and what they returned, and speak after their step',
  function (this: RevenueWorld) {
    this.agents.scenes.meddle();
  },
);

Given(
  'a triage that shows a thought of {count}, an input of {count} and a result of {count} characters',
  function (this: RevenueWorld, note: number, input: number, result: number) {
    this.agents.scenes.show(note, input, result);
  },
);

Given('usage data that never answers', function (this: RevenueWorld) {
  this.agents.usage.isHanging = true;
});

Given('{trouble}, {int} times', function (this: RevenueWorld, trouble: Trouble, times: number) {
  this.agents.scenes.meet(trouble, times);
});

Given('Redis carries word between instances', function (this: RevenueWorld) {
  this.agents.isWordLost = false;
});

Given('Redis carries no word', function (this: RevenueWorld) {
  this.agents.isWordLost = true;
});

Given('the {kind} of {person} is held up', function (this: RevenueWorld, kind: Kind, person: Person) {
  return this.agents.scenes.hold(kind, person);
});

Given(
  'the {kind} of {person} is held up, and Redis carries no word',
  function (this: RevenueWorld, kind: Kind, person: Person) {
    this.agents.isWordLost = true;
    return this.agents.scenes.hold(kind, person);
  },
);

Given(
  'the {kind} of {person} is held up, with {int} seconds of its lease left',
  async function (this: RevenueWorld, kind: Kind, person: Person, seconds: number) {
    await this.agents.scenes.hold(kind, person);
    await this.agents.letLeaseLapse(this.agents.latest.runId, seconds);
  },
);

Given('{int} more of her questions wait(s)', async function (this: RevenueWorld, count: number) {
  for (let i = 0; i < count; i++) await this.agents.ask(this.cast.lastNamed(), `Question ${i + 2} about cost`);
});

Given('{person} has lost the right {string}', function (this: RevenueWorld, person: Person, right: 'chat:use') {
  this.agents.who(person).rights.delete(right);
});

Given(
  'the instance that works on the {kind} for {person} has been lost',
  function (this: RevenueWorld, kind: Kind, person: Person) {
    return this.agents.scenes.lose(kind, person);
  },
);

Given(
  /^the instance that works on the optimisation for Dana from Acme has been lost for the (second|third) time$/,
  function (this: RevenueWorld, time: 'second' | 'third') {
    return this.agents.scenes.lose('optimisation', this.cast.named('Dana'), time === 'second' ? 2 : 3);
  },
);

Given(
  'the instance that works on the {kind} for {person} has been lost while it was being stopped',
  async function (this: RevenueWorld, kind: Kind, person: Person) {
    this.agents.isWordLost = true;
    await this.agents.scenes.hold(kind, person);
    await this.agents.stop(person, 'two');
    await this.agents.letLeaseLapse(this.agents.latest.runId);
  },
);

Given('the instance that reads usage for {person} has been lost', function (this: RevenueWorld, person: Person) {
  return this.agents.scenes.loseWhileReading(person);
});

Given('another instance has gone on and answered', async function (this: RevenueWorld) {
  await this.agents.scenes.startAnother();
  await this.agents.answered(this.cast.lastNamed());
});

Given('the first of two instances has been asked to stop', async function (this: RevenueWorld) {
  (await this.agents.instance('one')).refuse();
  await this.agents.instance('two');
});

When('{person} asks the first instance {string}', async function (this: RevenueWorld, person: Person, text: string) {
  await this.agents.ask(person, text, { instance: 'one' });
});

When('another instance looks for lapsed runs', function (this: RevenueWorld) {
  return this.agents.scenes.startAnother();
});

When('two other instances look for lapsed runs at one instant', async function (this: RevenueWorld) {
  await Promise.all([this.agents.scenes.startAnother(), this.agents.scenes.startAnother()]);
});

When('the first instance wakes up and goes on', function (this: RevenueWorld) {
  this.agents.scenes.letGo();
});

When('{duration} pass on the first instance', function (this: RevenueWorld, ms: number) {
  this.clock.advance(ms);
});

When(
  '{person} asks the agents {string} and {duration} pass',
  async function (this: RevenueWorld, person: Person, text: string, ms: number) {
    await this.agents.askAndReach(person, text);
    this.clock.advance(ms);
  },
);

When('the {kind} goes on', function (this: RevenueWorld, _kind: Kind) {
  this.agents.scenes.letGo();
});

When(
  '{person} asks a second question in the same thread and the {kind} goes on',
  async function (this: RevenueWorld, person: Person, _kind: Kind) {
    await this.agents.ask(person, 'What did the last week cost?');
    this.agents.scenes.letGo();
  },
);

When(
  /^she stops the run through another instance and the reporting (goes on|fails)$/,
  async function (this: RevenueWorld, how: 'goes on' | 'fails') {
    await this.agents.stop(this.cast.lastNamed(), 'two');
    this.agents.scenes.letGo(how);
  },
);

When(
  'the {kind} goes on and {person} stops the run after the answer',
  async function (this: RevenueWorld, _kind: Kind, person: Person) {
    this.agents.scenes.letGo();
    await this.agents.answered(person);
    await this.agents.stop(person);
  },
);

When(
  /^Dana from Acme asks the agents "([^"]+)" and stops it (on the same instance|on another instance|on another instance, and 5 seconds pass)$/,
  async function (this: RevenueWorld, text: string, where: string) {
    await this.agents.askAndReach(this.cast.named('Dana'), text);
    await this.agents.stop(this.cast.person('Dana'), where === 'on the same instance' ? 'one' : 'two');
    if (where.endsWith('pass')) this.clock.advance(5_000);
  },
);

When(
  '{person} asks the agents {string} and stops it twice at one instant',
  async function (this: RevenueWorld, person: Person, text: string) {
    await this.agents.askAndReach(person, text);
    await Promise.all([this.agents.stop(person), this.agents.stop(person)]);
  },
);

When(
  '{person} stops the waiting run and the {kind} goes on',
  async function (this: RevenueWorld, person: Person, _kind: Kind) {
    await this.agents.stop(person);
    this.agents.scenes.letGo();
  },
);

When('{person} stops it', function (this: RevenueWorld, person: Person) {
  return this.agents.stop(person);
});

When('{person} asks, reads and stops', function (this: RevenueWorld, person: Person) {
  return this.agents.tryEverything(person, QUESTION);
});

When(
  /^(.+) reads and stops (Dana's run|a run that nobody started)$/,
  function (this: RevenueWorld, name: string, which: string) {
    const person = this.cast.named(name.split(' ')[0] as 'Dana');
    return this.agents.tryForeign(
      person,
      which === "Dana's run" ? this.agents.latest.runId : this.connections.ids.next('run'),
    );
  },
);

When('{person} reads the run', async function (this: RevenueWorld, person: Person) {
  await this.agents.readRun(person);
});

When('the first instance stops and another instance is there', function (this: RevenueWorld) {
  return this.agents.scenes.handOver();
});

When('the first instance stops and another instance looks 5 seconds later', async function (this: RevenueWorld) {
  this.agents.isWordLost = true;
  await this.agents.scenes.handOver();
  this.clock.advance(5_000);
});

When('the first instance is asked to stop and the {kind} goes on', function (this: RevenueWorld, _kind: Kind) {
  return this.agents.scenes.finishAndStop();
});

When(
  '{person} deletes the thread and the {kind} goes on',
  async function (this: RevenueWorld, person: Person, _kind: Kind) {
    await this.agents.deleteThread(person);
    this.agents.scenes.letGo();
  },
);

Then('the second question is started after the end of the first', async function (this: RevenueWorld) {
  const story = await this.agents.answered(this.cast.lastNamed(), 2);
  const [first, second] = this.agents.accepted;
  const endOfFirst = story.findIndex((event) => isEnding(event) && event.runId === first?.runId);
  expect(story.findIndex(({ type, runId }) => type === 'agent_started' && runId === second?.runId)).to.be.above(
    endOfFirst,
  );
});

Then('both of her questions are being worked on', function (this: RevenueWorld) {
  return this.agents.underWay(2);
});

Then('{int} tools were shown, each with its result', async function (this: RevenueWorld, count: number) {
  const tools = toolsIn(await this.agents.answered(this.cast.lastNamed()));
  expect(tools.filter(({ outcome }) => outcome === 'ok')).to.have.lengthOf(count);
  expect(tools).to.have.lengthOf(count);
});

Then('whatever was being read was told to stop, and is shown as ended', async function (this: RevenueWorld) {
  const { usage } = this.agents;
  expect(usage.stopped).to.equal(usage.isHanging ? 1 : 0);
  expect(openCallsIn(await this.agents.answered(this.cast.lastNamed()))).to.deep.equal([]);
});

Then('there were {int} readings, shown as one failed tool', async function (this: RevenueWorld, count: number) {
  const tools = toolsIn(await this.agents.answered(this.cast.lastNamed()));
  expect(this.agents.usage.asked).to.have.lengthOf(count);
  const ending = endingOf(await this.agents.storyOf(this.cast.lastNamed()));
  const { code, message } = ending?.data as { code: string; message: string };
  expect(tools.map(({ outcome, result }) => ({ outcome, result }))).to.deep.equal([
    { outcome: 'failed', result: { code, message } },
  ]);
});

Then("the waiting question's story is its question and that it was stopped", async function (this: RevenueWorld) {
  const { runId } = this.agents.latest;
  const story = await this.agents.answered(this.cast.lastNamed(), 2);
  expect(linesOf(story.filter((event) => event.runId === runId))).to.deep.equal([
    'question: Question 2 about cost (1 ahead)',
    'nobody stops',
  ]);
});

Then(
  '{person} is told that the run is {string} and {string}',
  function (this: RevenueWorld, _person: Person, outcome: string, state: string) {
    expect(this.agents.stopping).to.deep.equal({ outcome, state });
  },
);

Then('each time she is refused as {string}', function (this: RevenueWorld, code: string) {
  expect(this.agents.refusals.map((refusal) => (refusal as { code: string }).code)).to.deep.equal([code, code, code]);
});

Then(
  'each time the refusal is {string} about {string}: {string}',
  function (this: RevenueWorld, code: string, field: string, message: string) {
    expect(this.agents.refusals).to.have.lengthOf(2);
    for (const refusal of this.agents.refusals) expect(refusal).to.include({ code, field, message, retryable: false });
  },
);

Then('the run stays where it is', async function (this: RevenueWorld) {
  expect(await this.agents.stored()).to.include({ state: 'running', lease_epoch: 1, losses: 0 });
});

Then(
  'it reads as {string}, {string}, begun and not ended',
  function (this: RevenueWorld, question: string, state: string) {
    const { runId } = this.agents.latest;
    const at = new Date(this.clock.now());
    const facts = { runId, question, state, errorCode: null, createdAt: at, startedAt: at, endedAt: null };
    expect(this.agents.record).to.deep.include(facts);
  },
);

Then('every reading was about the period {string}', async function (this: RevenueWorld, period: string) {
  await this.agents.answered(this.cast.lastNamed());
  const about = this.agents.usage.asked.filter(({ what }) => what !== 'prices').map((one) => one.about);
  expect(about).to.deep.equal([period, period, period]);
});

Then('whoever spoke late was told {string}', function (this: RevenueWorld, message: string) {
  expect(this.agents.scenes.lateWords).to.deep.equal([message, message]);
});

Then('there were {int} readings since the question', function (this: RevenueWorld, count: number) {
  expect(this.agents.usage.asked).to.have.lengthOf(count);
});

Then('the story shows each tool once, with its result', async function (this: RevenueWorld) {
  const tools = toolsIn(await this.agents.answered(this.cast.lastNamed()));
  expect(tools.map(({ tool, outcome }) => `${tool} ${outcome}`)).to.deep.equal(['usage_coverage ok']);
});

Then('there were {int} attempts at the first reading', function (this: RevenueWorld, count: number) {
  expect(this.agents.usage.asked).to.have.lengthOf(count);
});

Then(
  'it shows a thought of {count}, an input of {count} and a result of {count} characters',
  async function (this: RevenueWorld, note: number, input: number, result: number) {
    const story = await this.agents.answered(this.cast.lastNamed());
    const length = (shown: unknown): number => (typeof shown === 'string' ? shown : JSON.stringify(shown)).length;
    const [tool] = toolsIn(story);
    expect([length(thoughtsIn(story)[0]), length(tool?.input), length(tool?.result)]).to.deep.equal([
      note,
      input,
      result,
    ]);
  },
);

Then('what is cut ends with a mark, and the whole is kept', async function (this: RevenueWorld) {
  const story = await this.agents.answered(this.cast.lastNamed());
  const [tool] = toolsIn(story);
  const [kept] = await this.agents.keptCalls();
  const isCut = JSON.stringify(kept?.result).length > 4_096;
  for (const shown of [thoughtsIn(story)[0], tool?.input, tool?.result]) {
    if (isCut) expect(shown).to.match(/…$/);
    else expect(JSON.stringify(shown)).not.to.contain('…');
  }
  expect(tool?.more).to.equal(isCut);
  expect(JSON.stringify(kept?.input)).to.have.lengthOf(isCut ? 1_001 : 1_000);
  expect(JSON.stringify(kept?.result)).to.have.lengthOf(isCut ? 4_097 : 4_096);
});

Then('no word of {string} is in the story', async function (this: RevenueWorld, secret: string) {
  expect(JSON.stringify(await this.agents.storyOf(this.cast.lastNamed()))).not.to.contain(secret);
});

Then("operators read of {string} with the run's name", function (this: RevenueWorld, secret: string) {
  const { runId } = this.agents.latest;
  const line = this.agents.telling.lines.find(({ facts }) => facts['runId'] === runId);
  expect(String((line?.facts['err'] as Error).message)).to.contain(secret);
});

Then('the story reads, from the loss on:', async function (this: RevenueWorld, text: string) {
  const story = await this.agents.scenes.fromLossOn(this.cast.lastNamed());
  expect(story.join('\n')).to.equal(text);
});

Then('it lets the run go, and the story has one ending', async function (this: RevenueWorld) {
  await this.agents.telling.counted('agent_runs_concluded_total {"conclusion":"dropped"}', 1);
  const story = await this.agents.storyOf(this.cast.lastNamed());
  expect(story.filter(isEnding)).to.have.lengthOf(1);
  expect(isEnding(story.at(-1) as (typeof story)[number])).to.equal(true);
});

Then('its lease lasts {int} seconds from that moment', async function (this: RevenueWorld, seconds: number) {
  await this.agents.leaseOf(seconds);
});

Then(
  'the first instance has finished {int} and handed over {int}',
  function (this: RevenueWorld, finished: number, handedOver: number) {
    expect(this.agents.scenes.stopped).to.deep.equal({ finished, handedOver });
  },
);
