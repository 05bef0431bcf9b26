import { Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { RevenueWorld } from '../world/revenue-world';

Then(
  'that/sharing/one( of them)/(the )question is refused because {string}',
  function (this: RevenueWorld, reason: string) {
    expect(this.reasons).to.deep.equal([reason]);
  },
);
