import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { killWhileReading, stopElsewhere } from '../world/agents-lost-process';
import { linesOf } from '../world/agents-story';
import type { Person } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';
import { disorderIn, endingOf, openCallsIn } from '../world/story';

When('the instance is killed while it reads, and its lease runs out', function (this: RevenueWorld) {
  return killWhileReading(this, this.cast.lastNamed());
});

When('{person} stops it from a tablet through another instance', async function (this: RevenueWorld, person: Person) {
  this.agents.waitedMs = await stopElsewhere(this, person);
});

Then(
  'a tablet through another instance shows that the answer went on after the interruption, and ended once',
  async function (this: RevenueWorld) {
    const story = await this.cast.lastNamed().answerOn('tablet');
    const lines = linesOf(story);
    expect(lines.slice(lines.indexOf('triage hears from usage_coverage: interrupted')).slice(1, 2)).to.deep.equal([
      'triage: Going on after an interruption, behind the last finished step.',
    ]);
    expect([disorderIn(story), endingOf(story)?.type]).to.deep.equal([[], 'agent_completed']);
  },
);

Then('within 2 seconds her laptop shows that it was stopped, and no tool is left open', function (this: RevenueWorld) {
  const story = this.cast.lastNamed().storyOn('laptop');
  expect([endingOf(story)?.type, openCallsIn(story)]).to.deep.equal(['agent_cancelled', []]);
  expect(this.agents.waitedMs).to.be.below(2_000);
});
