import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Person } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';

When(
  '{person} is answered {string} {count} times, one after the other',
  function (this: RevenueWorld, person: Person, question: string, times: number) {
    return this.liveDelays.answer(person, question, times);
  },
);

Then(
  'both tabs have shown {int} % of the events within {duration} of their being stored',
  function (this: RevenueWorld, percent: number, limitMs: number) {
    expect(this.liveDelays.shareWithin(limitMs)).to.be.at.least(percent / 100);
  },
);
