import { Given, Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import { thoughtsIn } from '../../world/modules/agent-registry/failover';
import type { Person, Tab } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';
import { latestRunOf } from '../../world/clients/event-order';
import { daysOf } from '../../world/clients/report';

Then('{tab} shows an answer about the last {int} days', async ({ person, name }: Tab, days: number) => {
  expect(daysOf(await person.answerOn(name), person.latestRun)).to.equal(days);
});

Then(
  '{tab} shows an answer about the last {int} days, only for model {string}',
  async ({ person, name }: Tab, days: number, model: string) => {
    const story = await person.answerOn(name);
    expect(daysOf(story, person.latestRun)).to.equal(days);
    expect(thoughtsIn(latestRunOf(story, person.latestRun)).join(' ')).to.contain(`, only model ${model}.`);
  },
);

Then('no thought on {tab} claims to know more', ({ person, name }: Tab) => {
  const said = thoughtsIn(latestRunOf(person.storyOn(name), person.latestRun)).join(' ');
  expect(said).not.to.match(/settled|before|agreed/);
});

Then('{tab} shows the thought {string}', ({ person, name }: Tab, thought: string) => {
  expect(thoughtsIn(latestRunOf(person.storyOn(name), person.latestRun))).to.include(thought);
});

Given("the platform's Redis has lost everything of {tenant}", async function (this: RevenueWorld, _: unknown) {
  await this.state.customers.loseRedis(this.cast.lastNamed());
});

Given(
  '{person} is signed in on her phone and her laptop, with something kept for each',
  async function (this: RevenueWorld, person: Person) {
    await this.state.customers.keepForEach(person, ['phone', 'laptop']);
  },
);

Then('nothing is kept for her phone any more, and her laptop keeps its own', async function (this: RevenueWorld) {
  const dana = this.cast.lastNamed();
  expect(await this.state.customers.keptFor(dana, 'phone')).to.equal(undefined);
  expect(await this.state.customers.keptFor(dana, 'laptop')).to.equal('laptop');
});

Given('something is kept for her thread, in both stores', async function (this: RevenueWorld) {
  expect(await this.state.customers.keptForThread(this.cast.lastNamed())).to.deep.equal({ redis: 2, postgres: 1 });
});

Then('nothing is kept for her thread any more', async function (this: RevenueWorld) {
  expect(await this.state.customers.keptForThread(this.cast.lastNamed())).to.deep.equal({ redis: 0, postgres: 0 });
});
