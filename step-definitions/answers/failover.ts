import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { thoughtsIn } from '../../world/modules/agent-registry/failover';
import { toolCallsIn } from '../../world/modules/agent-registry/results';
import type { Store } from '../../world/operations';
import type { Tab } from '../../world/person';
import type { RevenueWorld } from '../../world/revenue-world';
import { disorderIn, endingOf } from '../../world/story';

When('the instance is killed while it reads, and its lease runs out', function (this: RevenueWorld) {
  return this.failover.lose(this.cast.lastNamed(), 'killed');
});

Given('the instance has been frozen while it reads, and its lease has run out', function (this: RevenueWorld) {
  return this.failover.lose(this.cast.lastNamed(), 'frozen');
});

When('the frozen instance wakes up, and {store} answers again', function (this: RevenueWorld, store: Store) {
  return this.failover.wakeUp(store);
});

When('the instance is told to stop while it reads', function (this: RevenueWorld) {
  return this.failover.tellToStop(this.cast.lastNamed());
});

Then(
  '{tab} shows, through another instance, that the answer went on after the interruption and ended once',
  async function ({ person, name }: Tab) {
    const events = await person.answerOn(name);
    expect(thoughtsIn(events)).to.include('Going on after an interruption, behind the last finished step.');
    const coverage = toolCallsIn(events).filter(({ tool }) => tool === 'usage_coverage');
    expect(coverage.map(({ outcome }) => outcome)).to.deep.equal(['interrupted', 'ok']);
    expect([disorderIn(events), endingOf(events)?.type]).to.deep.equal([[], 'agent_completed']);
  },
);

Then(
  'the thread {string} holds what {tab} shows, and nothing more',
  async function (this: RevenueWorld, title: string, { person, name }: Tab) {
    const shown = person.storyOn(name);
    expect(await this.questions.storedIn(person, title)).to.deep.equal(shown);
    expect(endingOf(shown)?.type).to.equal('agent_completed');
  },
);
