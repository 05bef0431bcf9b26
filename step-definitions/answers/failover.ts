import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { interruptionIn } from '../../world/modules/agent-registry/failover';
import type { Store } from '../../world/operations/operations';
import type { Person, Tab } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';
import { disorderIn, endingOf } from '../../world/clients/event-order';

When(
  'the instance has/is (been ){loss} while it reads, and is given up for lost',
  function (this: RevenueWorld, how: 'killed' | 'frozen') {
    return this.failover.lose(this.cast.lastNamed(), how);
  },
);

When('the instance is killed while it reads, and so is the one that goes on with it', function (this: RevenueWorld) {
  return this.failover.loseTwice(this.cast.lastNamed());
});

When('the frozen instance wakes up, and {store} answers again', function (this: RevenueWorld, store: Store) {
  return this.failover.wakeUp(store);
});

When('the instance is told to stop while it reads', function (this: RevenueWorld) {
  return this.failover.tellToStop(this.cast.lastNamed());
});

Then(
  '{tab} shows, through another instance, that the answer went on after the interruption and ended once',
  ({ person, name }: Tab) => wentOn(person, name, 1),
);

Then(
  '{tab} shows, through another instance, that the answer went on after {int} interruptions and ended once',
  ({ person, name }: Tab, interruptions: number) => wentOn(person, name, interruptions),
);

Then(
  'the thread {string} holds what {tab} shows, and nothing more',
  async function (this: RevenueWorld, title: string, { person, name }: Tab) {
    const shown = person.storyOn(name);
    expect(await this.questions.storedIn(person, title)).to.deep.equal(shown);
    expect(endingOf(shown)?.type).to.equal('agent_completed');
  },
);

async function wentOn(person: Person, device: string, interruptions: number): Promise<void> {
  const events = await person.answerOn(device);
  const coverage = [...Array<string>(interruptions).fill('interrupted'), 'ok'];
  expect(interruptionIn(events)).to.deep.equal({ said: interruptions, coverage });
  expect([disorderIn(events), endingOf(events)?.type]).to.deep.equal([[], 'agent_completed']);
}
