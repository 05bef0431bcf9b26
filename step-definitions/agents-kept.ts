import { getEventListeners } from 'node:events';
import { defineParameterType, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { known } from '../world/known';
import { KILLS, type Kill } from '../world/agents-losses';
import { REFUSALS } from '../world/agents-scenes';
import type { Json } from '../ssot/kernel';
import { eventually } from '../world/eventually';
import type { Person } from '../world/person';
import type { PersonName } from '../world/personas';
import type { RevenueWorld } from '../world/revenue-world';
import { disorderIn } from '../world/story';

const QUESTION = 'Where does our money go?';

defineParameterType({
  name: 'kill',
  regexp: new RegExp(Object.keys(KILLS).join('|')),
  transformer: (words: string) => words,
});
defineParameterType({
  name: 'refusal',
  regexp: new RegExp(Object.keys(REFUSALS).join('|')),
  transformer: (words: string) => words,
});

Given('{person} may publish reports', function (this: RevenueWorld, person: Person) {
  this.agents.who(person).rights.add('reports:publish');
});

Given('{person} has been removed', function (this: RevenueWorld, person: Person) {
  this.agents.people.remove(this.agents.who(person));
});

Given('nobody can say who has which rights', function (this: RevenueWorld) {
  this.agents.people.isAway = true;
});

Given('a release that can no longer read what was saved', function (this: RevenueWorld) {
  this.agents.instances.shape++;
});

Given('{person} has published the report', async function (this: RevenueWorld, person: Person) {
  await this.agents.kept.publish(person);
});

When('{person} publishes the report', function (this: RevenueWorld, person: Person) {
  return this.agents.kept.publish(person);
});

When('{person} publishes the report twice', async function (this: RevenueWorld, person: Person) {
  await Promise.all([this.agents.kept.publish(person), this.agents.kept.publish(person)]);
});

When('{person} takes the report back', function (this: RevenueWorld, person: Person) {
  return this.agents.kept.takeBack(person);
});

Given('a triage whose clearing up {word}', function (this: RevenueWorld, how: string) {
  this.agents.scenes.clearUp(known('way of clearing up', how, ['hangs', 'throws']));
});

Given('a triage that is slow to build for questions about patience', function (this: RevenueWorld) {
  this.agents.scenes.buildSlowly();
});

Given('PostgreSQL answers a tool with {refusal}', function (this: RevenueWorld, code: keyof typeof REFUSALS) {
  this.agents.scenes.refuseStatement(code);
});

Given('usage that carries a whole answer', function (this: RevenueWorld) {
  this.agents.scenes.bringUsage();
});

Given("the run's lease ran out {duration} ago", function (this: RevenueWorld, ms: number) {
  return this.agents.stored.letLeaseLapse(this.agents.latest.runId, -ms / 1_000);
});

When(
  '{person} asks {string}, and the instance is killed {kill}',
  function (this: RevenueWorld, person: Person, question: string, at: Kill) {
    return this.agents.losses.kill(person, question, at);
  },
);

When(
  'another instance reads on, {duration} after the start, and {duration} pass',
  function (this: RevenueWorld, ms: number, more: number) {
    return this.agents.losses.useUpTime(ms, more);
  },
);

When('a step is shown {}', function (this: RevenueWorld, json: string) {
  this.agents.kept.hide(JSON.parse(json) as Json);
});

When(
  "{person} fetches the whole result of {word}'s first tool",
  async function (this: RevenueWorld, person: Person, whose: PersonName) {
    const { runId, callId } = await this.agents.kept.firstCall({ name: whose });
    await this.agents.kept.fetch(person, runId, callId);
  },
);

When(
  "{person} fetches the result of {word}'s first tool under a run of her own",
  async function (this: RevenueWorld, person: Person, whose: PersonName) {
    const { callId } = await this.agents.kept.firstCall({ name: whose });
    const { runId } = await this.agents.kept.firstCall(person);
    await this.agents.kept.fetch(person, runId, callId);
  },
);

When('{person} fetches the result of a tool that nobody called', async function (this: RevenueWorld, person: Person) {
  const { runId } = await this.agents.kept.firstCall(person);
  await this.agents.kept.fetch(person, runId, this.connections.ids.next('call'));
});

When('{person} waits until the triage clears up', async function (this: RevenueWorld, person: Person) {
  await this.agents.ask(person, QUESTION);
  await this.agents.scenes.clearing();
});

Then('it is shown as {}', function (this: RevenueWorld, json: string) {
  expect(this.agents.kept.shown).to.deep.equal(JSON.parse(json));
});

Then('the result is whole, of {count} characters', function (this: RevenueWorld, length: number) {
  const { tool, outcome, result } = this.agents.kept.result ?? {};
  expect([tool, outcome, typeof result]).to.deep.equal(['price_list', 'ok', 'object']);
  expect(JSON.stringify(result)).to.have.lengthOf(length);
});

Then('the result is text of {count} characters that ends with a mark', function (this: RevenueWorld, length: number) {
  const { result } = this.agents.kept.result ?? {};
  expect(result).to.be.a('string').with.lengthOf(length).and.match(/…$/);
});

Then('the story shows these tools: {}', async function (this: RevenueWorld, tools: string) {
  expect(await this.agents.losses.tools(this.cast.lastNamed())).to.equal(tools);
});

Then('the story is in order, and the run is over as {string}', async function (this: RevenueWorld, state: string) {
  expect(disorderIn(await this.agents.answered(this.cast.lastNamed()))).to.deep.equal([]);
  expect(await this.agents.stored.over()).to.deep.include({ state });
});

Then(
  '{person} reads {int} published report(s) of {word}',
  async function (this: RevenueWorld, person: Person, count: number, whose: PersonName) {
    const { userId } = this.agents.who({ name: whose });
    const reports = await this.agents.kept.published(person.name);
    const at = new Date(this.clock.now());
    const facts = { runId: this.agents.latest.runId, userId, publishedAt: at };
    expect(reports.map(({ runId, userId: by, publishedAt }) => ({ runId, userId: by, publishedAt }))).to.deep.equal(
      Array.from({ length: count }, () => facts),
    );
  },
);

Then('the published report is the one of the answer', async function (this: RevenueWorld) {
  const person = this.cast.lastNamed();
  const [published] = await this.agents.kept.published(person.name);
  expect(published?.report).to.deep.equal(await this.agents.report(person));
});

When('PostgreSQL takes no writes, and {duration} pass', function (this: RevenueWorld, ms: number) {
  return this.agents.kept.withoutWrites(ms);
});

Given('PostgreSQL has taken no writes for {duration}', function (this: RevenueWorld, ms: number) {
  return this.agents.losses.missRenewal(ms);
});

Then(
  '{person} reads that the run is {string}, the result of {string} and {int} shared report',
  async function (this: RevenueWorld, person: Person, state: string, tool: string, reports: number) {
    expect(await this.agents.kept.readAll(person)).to.deep.equal([state, tool, reports]);
  },
);

Then(
  'nobody listens any more to what {int} readings could have been stopped by',
  async function (this: RevenueWorld, count: number) {
    await this.agents.stored.over();
    const { signals } = this.agents.usage;
    expect(signals.map((signal) => getEventListeners(signal, 'abort').length)).to.deep.equal(Array(count).fill(0));
  },
);

Then('no operator was warned', function (this: RevenueWorld) {
  expect(this.agents.telling.lines.filter(({ level }) => level === 'warn' || level === 'error')).to.deep.equal([]);
});

Then(
  'operators are warned that {string}, because {string}',
  function (this: RevenueWorld, message: string, why: string) {
    const { runId } = this.agents.latest;
    const lines = this.agents.telling.lines.filter((line) => line.message === message);
    expect(lines.map(({ level, facts }) => [level, facts['runId'], String(facts['reason'])])).to.deep.equal([
      ['warn', runId, why],
    ]);
  },
);

Then('whatever is being read is read on', function (this: RevenueWorld) {
  expect([this.agents.usage.isHanging, this.agents.usage.stopped]).to.deep.equal([true, 0]);
});

Then('its step is left only after {duration}', async function (this: RevenueWorld, ms: number) {
  this.clock.advance(ms - 1);
  await new Promise(setImmediate);
  expect(this.agents.telling.lines.map(({ message }) => message)).not.to.include(
    'an agent has not cleared up in time and was left',
  );
  this.clock.advance(1);
});

Then('operators read that {string}', async function (this: RevenueWorld, message: string) {
  const lines = this.agents.telling.lines.filter((line) => line.message === message);
  expect(lines.map(({ facts }) => facts['runId'])).to.deep.equal([this.agents.latest.runId]);
});

Then('operators read {string} and why: {string}', function (this: RevenueWorld, message: string, why: string) {
  const [line] = this.agents.telling.lines.filter((one) => one.message === message);
  expect(line?.facts).to.deep.equal({ reason: why });
});

Then('operators read {string} in the details of the failure', function (this: RevenueWorld, words: string) {
  const failures = this.agents.telling.lines.filter(({ message }) => message === 'a run failed');
  const details = failures.map(({ facts }) => ((facts['err'] as Error).cause as Error).message).join();
  expect(details).to.contain(words);
});

Then('the run is let go, for another instance', async function (this: RevenueWorld) {
  await this.agents.telling.counted('agent_runs_concluded_total {"conclusion":"dropped"}', 1);
});

When('another instance looks, and can take nothing', async function (this: RevenueWorld) {
  await this.agents.scenes.startAnother();
  await this.agents.kept.lookedInVain('another 1');
});

Then('it says {string}', function (this: RevenueWorld, said: string) {
  const { state, cause } = this.agents.kept.health ?? {};
  expect(cause === undefined ? state : `${state}: ${cause}`).to.equal(said);
});

Then('counts and durations that operators read are those of the stored runs', async function (this: RevenueWorld) {
  expect(this.agents.kept.measured).to.deep.equal(await this.agents.stored.measured()).and.not.be.empty;
});

Given('{person} has been answered by the agents as well', async function (this: RevenueWorld, person: Person) {
  await this.agents.ask(person, QUESTION);
  await this.agents.answered(person);
});

When(
  'after {duration} {int} of those that wait are stopped and {int} that are worked on, and after {duration} the rest goes on, {int} of it in vain',
  function (this: RevenueWorld, first: number, waiting: number, working: number, then: number, failing: number) {
    return this.agents.crowd.mix({ first, waiting, working, then, failing });
  },
);

When(
  '{person} tries {int} sequences of asking, reading, stopping and fetching, with names of her own and of {word}',
  async function (this: RevenueWorld, person: Person, times: number, other: PersonName) {
    await this.agents.meddlers.meddle(person, { name: other }, times);
  },
);

Then(
  'nothing of {word} was answered, and nothing that he can see has changed',
  function (this: RevenueWorld, _: string) {
    expect(this.agents.meddlers.problems).to.deep.equal([]);
  },
);

Then('nothing is left of the run, and nobody works on it', async function (this: RevenueWorld) {
  await eventually(async () => expect((await this.agents.instance()).health().running).to.equal(0));
  expect(await this.agents.stored.stateOf(this.agents.latest.runId)).to.equal('unknown');
});
