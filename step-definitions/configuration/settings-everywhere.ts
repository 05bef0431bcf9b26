import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Person } from '../../world/person';
import type { RevenueWorld } from '../../world/revenue-world';

const KEY = 'limits.threadsPerPerson';

When(
  '{person} sets the threads of a person to {int} through another instance',
  async function (this: RevenueWorld, person: Person, threads: number) {
    await this.companySettings.read(person, this.operations.serving().url);
    await this.companySettings.set(person, { [KEY]: threads });
  },
);

When(
  '{person} sets the threads of a person to {int} through this instance',
  async function (this: RevenueWorld, person: Person, threads: number) {
    await this.companySettings.read(person);
    await this.companySettings.set(person, { [KEY]: threads }, 'agreed', { baseUrl: this.operations.serving().url });
  },
);

Then(
  'this instance goes by {int} within {duration}',
  async function (this: RevenueWorld, threads: number, limitMs: number) {
    const { url } = this.operations.serving();
    await this.companySettings.untilItHolds(this.cast.lastNamed(), KEY, threads, url, 4 * limitMs);
    expect(this.companySettings.tookMs).to.be.below(limitMs);
  },
);

Then(
  'the other instance goes by {int} within {duration}',
  async function (this: RevenueWorld, threads: number, limitMs: number) {
    const url = await this.platformUrl();
    await this.companySettings.untilItHolds(this.cast.lastNamed(), KEY, threads, url, 4 * limitMs);
    expect(this.companySettings.tookMs).to.be.below(limitMs);
  },
);

Then('she is told that others find it {word}', function (this: RevenueWorld, how: 'now' | 'by_poll') {
  expect(this.companySettings.answer?.body).to.include({ announced: how });
});
