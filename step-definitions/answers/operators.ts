import { Given, Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { RevenueWorld } from '../../world/revenue-world';

Given('operators have read the figures of the instance', async function (this: RevenueWorld) {
  await this.runFigures.read();
});

Then(
  'operators read at least {count} question more that was begun, {count} that waited and {count} that was answered',
  async function (this: RevenueWorld, begun: number, waited: number, answered: number) {
    const more = await this.runFigures.increase();
    expect(more.map((count, index) => count >= ([begun, waited, answered][index] ?? 0))).to.deep.equal([
      true,
      true,
      true,
    ]);
  },
);
