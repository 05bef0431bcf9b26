import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Person, Tab } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';
import { thoughtsIn } from '../world/agents-story';
import { daysOf, latestRunOf } from '../world/story';

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
  const told = thoughtsIn(latestRunOf(person.storyOn(name), person.latestRun)).join(' ');
  expect(told).not.to.match(/settled|before|agreed/);
});

Then('{tab} shows the thought {string}', ({ person, name }: Tab, thought: string) => {
  expect(thoughtsIn(latestRunOf(person.storyOn(name), person.latestRun))).to.include(thought);
});

Given("the platform's Redis has lost everything of Acme", function (this: RevenueWorld) {
  return this.devices.lose(this.cast.lastNamed());
});

Given(
  '{person} is signed in on her phone and her laptop, with something kept for each',
  function (this: RevenueWorld, person: Person) {
    return this.devices.keepForEach(person, ['phone', 'laptop']);
  },
);

When('{person} ends her sign-in on {tab}', (person: Person, { name }: Tab) => person.session(name).signOut());

Then('nothing is kept for her phone any more, and her laptop keeps its own', async function (this: RevenueWorld) {
  const dana = this.cast.lastNamed();
  expect(await this.devices.keptFor(dana, 'phone')).to.equal(undefined);
  expect(await this.devices.keptFor(dana, 'laptop')).to.equal('laptop');
});

Given('an instance of the platform is serving with a Redis of its own', async function (this: RevenueWorld) {
  await this.operations.serveOn({ REDIS_URL: await this.state.faults.ownRedis() });
});

Given('something is kept for her thread, in both stores', async function (this: RevenueWorld) {
  expect(await this.devices.keptForThread(this.cast.lastNamed())).to.deep.equal({ hot: 2, warm: 1 });
});

Then('nothing is kept for her thread any more', async function (this: RevenueWorld) {
  expect(await this.devices.keptForThread(this.cast.lastNamed())).to.deep.equal({ hot: 0, warm: 0 });
});
