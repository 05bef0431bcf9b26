import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { phrases } from '../../support/phrases';
import { foundUntil, type Harm } from '../../world/modules/state-persistence/saved-runs';
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

When('PostgreSQL is away while step {int} is to be saved', function (this: RevenueWorld, step: number) {
  return this.savedRuns.saveWithoutPostgres(step);
});

Given('the confirmation of its step {int} was lost on the way', function (this: RevenueWorld, step: number) {
  return this.savedRuns.loseConfirmation(step);
});

When('step {int} is saved again', function (this: RevenueWorld, step: number) {
  return this.savedRuns.saveAgain(step);
});

When('{int} MiB are to be saved as step {int}', function (this: RevenueWorld, mebibytes: number, step: number) {
  return this.savedRuns.saveMuch(step, mebibytes * 2 ** 20);
});

When('another instance goes on with it', async function (this: RevenueWorld) {
  await this.savedRuns.goOnElsewhere();
});

When('the history holds {harm} in its place', function (this: RevenueWorld, harm: Harm) {
  return this.savedRuns.harm(harm);
});

Then('whoever writes or reads it is told {string}', function (this: RevenueWorld, sentence: string) {
  expect(this.savedRuns.told).to.equal(sentence);
});

Then('nobody is told that it was saved', function (this: RevenueWorld) {
  expect(this.savedRuns.told).to.match(
    /^The (connection( to the database)? broke|database (cannot be reached|did not answer))/,
  );
});

Then('once PostgreSQL is back, it stands at its step {int}', function (this: RevenueWorld, step: number) {
  expect(this.savedRuns.taken).to.deep.include({ step, state: foundUntil(step) });
});

Then(
  'it stands at its step {int}, and each of its steps was saved once',
  async function (this: RevenueWorld, step: number) {
    expect(await this.savedRuns.read()).to.include({ step, version: step });
  },
);

Then(
  'that one begins behind step {int}, with all that was found until then',
  function (this: RevenueWorld, step: number) {
    expect(this.savedRuns.taken).to.deep.include({ step, state: foundUntil(step) });
  },
);

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
