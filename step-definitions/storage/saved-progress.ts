import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { phrases } from '../../support/phrases';
import type { Harm } from '../../world/modules/state-persistence/saved-runs';
import type { RevenueWorld } from '../../world/revenue-world';
import type { Tenant } from '../../world/actors/tenant';

const DAY_MS = 86_400_000;

phrases<Harm>('harm', {
  'a flipped bit': 'a flipped bit',
  'what another company has saved': 'what another company has saved',
});

Given('an answer of {tenant} has saved {int} steps', function (this: RevenueWorld, { name }: Tenant, steps: number) {
  return this.savedRuns.begin(name, steps);
});

Given('it has ended', function (this: RevenueWorld) {
  return this.savedRuns.end();
});

Given('it has ended {int} days ago', async function (this: RevenueWorld, days: number) {
  await this.savedRuns.end();
  await this.savedRuns.pass(days * DAY_MS);
});

When(
  'the instance that worked on it wakes up, and another one has taken it over meanwhile',
  function (this: RevenueWorld) {
    return this.savedRuns.wakeUpReplaced();
  },
);

When('two save it {int} times at once', function (this: RevenueWorld, times: number) {
  return this.savedRuns.saveAtOnce(times);
});

When('the history holds {harm} in its place', function (this: RevenueWorld, harm: Harm) {
  return this.savedRuns.harm(harm);
});

Then('whoever writes or reads it is told {string}', function (this: RevenueWorld, sentence: string) {
  expect(this.savedRuns.told).to.equal(sentence);
});

Then('it stands at its step {int}', async function (this: RevenueWorld, step: number) {
  expect((await this.savedRuns.read()).step).to.equal(step);
});

Then(
  'each of the {int} saves is confirmed once, and none has overwritten another',
  function (this: RevenueWorld, saves: number) {
    const { before, versions } = this.savedRuns;
    expect(versions).to.deep.equal(Array.from({ length: saves }, (_, i) => before + 1 + i));
  },
);

Then('it reads from the history as on the day on which it ended', async function (this: RevenueWorld) {
  expect(await this.savedRuns.readAgain()).to.deep.equal({ tier: 'cold', isAsSaved: true });
});

Then(
  '{tenant}, which names it, is told the same as about one that never was',
  async function (this: RevenueWorld, { name }: Tenant) {
    expect(await this.savedRuns.askedBy(name)).to.deep.equal(['There is no such run.', 'There is no such run.']);
  },
);
