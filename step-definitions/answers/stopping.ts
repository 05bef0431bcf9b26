import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Store } from '../../world/operations/operations';
import type { Person, Tab } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';
import { endingOf, openCallsIn } from '../../world/clients/event-order';
import type { Waiting } from './parameter-types';

When('{person} stops the {word} of her questions', function (this: RevenueWorld, person: Person, which: string) {
  return this.questions.stop(person, this.questions.oneOf(which).runId);
});

When('{person} stops it from a tablet through another instance', function (this: RevenueWorld, person: Person) {
  return this.failover.stopElsewhere(person);
});

When(
  '{store} becomes unreachable, {person} stops it through another instance, and {duration} pass',
  function (this: RevenueWorld, store: Store, person: Person, ms: number) {
    return this.failover.stopWithout(store, person, ms);
  },
);

Then(
  'within {duration} {tab} shows that it was stopped, and no tool is left open',
  function (this: RevenueWorld, ms: number, { person, name }: Tab) {
    const events = person.storyOn(name);
    expect([endingOf(events)?.type, openCallsIn(events)]).to.deep.equal(['agent_cancelled', []]);
    expect(this.failover.waitedMs).to.be.below(ms);
  },
);

Then(
  'of the stopped question the thread {string} holds that it was asked and stopped, and no more',
  async function (this: RevenueWorld, title: string) {
    const events = await this.questions.storedIn(this.cast.lastNamed(), title);
    const own = events.filter(({ runId }) => runId === this.questions.oneOf('latest').runId);
    expect(own.map(({ type }) => type)).to.deep.equal(['user_message', 'agent_cancelled']);
  },
);

When('{person} stops the answered question', function (this: RevenueWorld, person: Person) {
  return this.questions.stop(person);
});

Then(
  '{person} is told that it had ended already, as {string}',
  function (this: RevenueWorld, _: Person, state: string) {
    expect(this.questions.stopped).to.deep.equal({ outcome: 'already_ended', state });
  },
);

When(
  '{person} asks {string}, and {duration} pass while {waiting}',
  async function (this: RevenueWorld, person: Person, text: string, ms: number, passes: Waiting) {
    await person.ask(text);
    await passes(this, person, ms);
  },
);

Then('{tab} shows that there is no answer: {string}', async function ({ person, name }: Tab, message: string) {
  const events = await person.answerOn(name);
  const ending = endingOf(events, person.latestRun);
  expect(ending).to.deep.include({ type: 'agent_failed' }).and.to.have.nested.property('data.message', message);
  expect(openCallsIn(events), 'tool calls that have not ended').to.deep.equal([]);
});

When("{person} tries to read and to stop Dana's question", function (this: RevenueWorld, person: Person) {
  return this.questions.tryToReadAndStop(person, this.cast.person('Dana').latestRun);
});

When('{person} tries to read and to stop a question that nobody asked', function (this: RevenueWorld, person: Person) {
  return this.questions.tryToReadAndStop(person, this.connections.ids.next('run'));
});

Then('both times the answer is {string}', function (this: RevenueWorld, detail: string) {
  expect(this.questions.told).to.deep.equal([`404 ${detail}`, `404 ${detail}`]);
});
