import { Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import { phrases } from '../support/phrases';
import { OUTCOMES, REFUSALS } from '../world/refusals';
import type { RevenueWorld } from '../world/revenue-world';

phrases<string>('refusal', REFUSALS);
phrases('outcome', OUTCOMES);

Then(
  'that/sharing/one( of them)/(the )question is refused because {string}',
  function (this: RevenueWorld, reason: string) {
    expect(this.reasons).to.deep.equal([reason]);
  },
);
