import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Person } from '../world/actors/person';
import type { RevenueWorld } from '../world/revenue-world';

When(
  'somebody guesses {person} password {int} time(s) at once',
  function (this: RevenueWorld, p: Person, count: number) {
    return this.guesses.passwordOf(p, count);
  },
);

When(
  'somebody guesses {person} password {int} times at once, there and elsewhere',
  async function (this: RevenueWorld, person: Person, count: number) {
    const urls = [await this.platformUrl(), this.operations.serving().url];
    await this.guesses.passwordOf(person, count, urls);
  },
);

When(
  'somebody guesses {person} password {int} times at once there',
  function (this: RevenueWorld, person: Person, count: number) {
    return this.guesses.passwordOf(person, count, [this.operations.serving().url]);
  },
);

When('somebody tries one password on {int} people', function (this: RevenueWorld, count: number) {
  return this.guesses.manyPeople(count);
});

When("somebody tries {int} operators' keys at once", function (this: RevenueWorld, count: number) {
  return this.guesses.operatorKeys(count);
});

Given(
  'somebody in {person} network has tried {int} {guessed-things}',
  function (this: RevenueWorld, person: Person, count: number, things: 'tokens' | 'renewals' | 'manyPeople') {
    this.guesses.moveTo(person);
    return this.guesses[things](count);
  },
);

Given(
  '{int} strangers, each from a network of their own, are signing in',
  function (this: RevenueWorld, count: number) {
    return this.strangers.come(count);
  },
);

When('{person} signs in on a {device} among them', function (this: RevenueWorld, person: Person, device: string) {
  return this.strangers.meanwhile(() => person.signInOn(device));
});

Then('fewer than {int} of them were judged before her', function (this: RevenueWorld, count: number) {
  expect(this.strangers.judgedMeanwhile).to.be.below(count);
});

Then("an operator with the right key is let in from the guesser's network", async function (this: RevenueWorld) {
  expect(await this.guesses.rightOperatorKey()).to.equal(200);
});

Then('{int} were told {string}', function (this: RevenueWorld, count: number, sentence: string) {
  expect(this.guesses.told(sentence)).to.equal(count);
});

Then('{int} were told to wait for {duration}', function (this: RevenueWorld, count: number, ms: number) {
  expect(this.guesses.waits).to.have.lengthOf(count);
  // Told while they were judged one after the other, so the last ones have less to wait for.
  for (const wait of this.guesses.waits) expect(wait).to.be.within(ms - 20_000, ms);
});

Then('{person} can still sign in', async (person: Person) => {
  await person.signInOn('phone');
});
