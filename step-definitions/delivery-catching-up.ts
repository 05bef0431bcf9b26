import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Person, Tab } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';

Given(
  'the thread {string} of {person} has a story of {count} events',
  async function (this: RevenueWorld, title: string, person: Person, count: number) {
    await this.delivery.catchingUp.ground(person.name, title, count);
  },
);

When(
  "{tab} follows {string} from the start, and meanwhile her agent hands in {int} more and {person}'s agent one",
  function (this: RevenueWorld, { person, name }: Tab, title: string, more: number, other: Person) {
    return this.delivery.catchingUp.whileTelling(person.name, name, title, more, other.name);
  },
);

Then(
  '{tab} is shown events {int} to {count} of {string} in order, none twice, the last {int} of them made meanwhile',
  function (this: RevenueWorld, { person, name }: Tab, from: number, to: number, title: string, more: number) {
    const numbers = Array.from({ length: to - from + 1 }, (_, i) => from + i);
    expect(this.delivery.shown(person.name, name, title)).to.deep.equal(numbers);
    expect(this.delivery.catchingUp.shownWhenStored).to.be.within(1, to - more - 1);
    const caughtUp = this.delivery.device(person.name, name).told('caught_up');
    expect(caughtUp.map(({ data }) => data['seq'])).to.deep.equal([to]);
  },
);

Then("Leo's tablet had its event before that was half over", function (this: RevenueWorld) {
  expect(this.delivery.shown('Leo', 'tablet', "Leo's own")).to.deep.equal([1]);
  const all = this.delivery.device('Dana', 'phone').told('caught_up')[0]?.data['seq'] as number;
  expect(this.delivery.catchingUp.shownWhenOthersSaw).to.be.below(all / 2);
});

Then('never more than {int} MiB waited for them', function (this: RevenueWorld, most: number) {
  expect(this.delivery.catchingUp.mostWaitingBytes / 1_048_576).to.be.within(0.0001, most);
});
