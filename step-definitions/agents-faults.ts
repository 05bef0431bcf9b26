import { defineParameterType, Given, When } from '@cucumber/cucumber';
import { MISBEHAVIOURS, type Misbehaviour } from '../world/agents-behaviour';
import { TROUBLES, type Trouble } from '../world/agents-usage';
import { known } from '../world/known';
import type { Person } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';

const QUESTION = 'Where does our money go?';
const oneOf = (names: object): RegExp => new RegExp(Object.keys(names).join('|'));

defineParameterType({ name: 'misbehaviour', regexp: oneOf(MISBEHAVIOURS), transformer: (words: string) => words });
defineParameterType({ name: 'trouble', regexp: oneOf(TROUBLES), transformer: (words: string) => words });
defineParameterType({
  name: 'kind',
  regexp: /triage|optimisation|reporting|answer/,
  // An answer begins with the triage.
  transformer: (words: string) => (words === 'answer' ? 'triage' : words),
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
  this.agents.instances.isWordLost = false;
});

Given('Redis carries no word', function (this: RevenueWorld) {
  this.agents.instances.isWordLost = true;
});

Given('the {kind} of {person} is held up', function (this: RevenueWorld, kind: Kind, person: Person) {
  return this.agents.scenes.hold(kind, person);
});

Given(
  'the {kind} of {person} is held up, and Redis carries no word',
  function (this: RevenueWorld, kind: Kind, person: Person) {
    this.agents.instances.isWordLost = true;
    return this.agents.scenes.hold(kind, person);
  },
);

Given(
  'the {kind} of {person} is held up, with {int} seconds of its lease left',
  async function (this: RevenueWorld, kind: Kind, person: Person, seconds: number) {
    await this.agents.scenes.hold(kind, person);
    await this.agents.stored.letLeaseLapse(this.agents.latest.runId, seconds);
  },
);

Given('{int} more of her questions wait(s)', async function (this: RevenueWorld, count: number) {
  for (let i = 0; i < count; i++) await this.agents.ask(this.cast.lastNamed(), `Question ${i + 2} about cost`);
});

Given('{person} has lost the right {string}', function (this: RevenueWorld, person: Person, right: string) {
  const { rights } = this.agents.who(person);
  rights.delete(known('right', right, [...rights]));
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
    this.agents.instances.isWordLost = true;
    await this.agents.scenes.hold(kind, person);
    await this.agents.stop(person, 'two');
    await this.agents.stored.letLeaseLapse(this.agents.latest.runId);
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
  (await this.agents.instance('one')).stopClaiming();
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

Given('{person} has stopped it through another instance', function (this: RevenueWorld, person: Person) {
  return this.agents.stop(person, 'two');
});

When('the first instance stops', async function (this: RevenueWorld) {
  this.agents.scenes.stopped = await (await this.agents.instance()).drain(AbortSignal.abort());
});

When('{person} stops it twice through another instance', async function (this: RevenueWorld, person: Person) {
  await this.agents.stop(person, 'two');
  await this.agents.stop(person, 'two');
});

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

Given('PostgreSQL refuses every search for runs', function (this: RevenueWorld) {
  this.agents.instances.refusesSearches = true;
});

When('the first instance is closed and another instance is there', function (this: RevenueWorld) {
  return this.agents.scenes.handOver('is closed');
});

When('the first instance stops and another instance is there', function (this: RevenueWorld) {
  return this.agents.scenes.handOver();
});

When('the first instance stops and another instance looks 5 seconds later', async function (this: RevenueWorld) {
  this.agents.instances.isWordLost = true;
  await this.agents.scenes.handOver();
  this.clock.advance(5_000);
});

When('the first instance is asked to stop and the {kind} goes on', function (this: RevenueWorld, _kind: Kind) {
  return this.agents.scenes.finishAndStop();
});

When(
  '{person} deletes the thread with its runs and the {kind} goes on',
  async function (this: RevenueWorld, person: Person, _kind: Kind) {
    await this.agents.deleteThread(person, true);
    this.agents.scenes.letGo();
  },
);

When(
  '{person} deletes the thread and the {kind} goes on',
  async function (this: RevenueWorld, person: Person, _kind: Kind) {
    await this.agents.deleteThread(person);
    this.agents.scenes.letGo();
  },
);
