import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { StateLimits } from '../../world/modules/state-manager/quotas';
import type { Person } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';

Given(
  'an instance that lets a {quota} keep {count} entries',
  async function (this: RevenueWorld, quota: keyof StateLimits, most: number) {
    await this.state.notes.serveWith({ limits: { [quota]: most } });
  },
);

Given('{person} has kept {count} entry/entries', async function (this: RevenueWorld, { name }: Person, count: number) {
  await this.state.quotas.keep(name, count);
});

Given(
  '{person} has read {string} again 10 seconds later',
  async function (this: RevenueWorld, { name }: Person, item: string) {
    this.clock.advance(10_000);
    await this.state.quotas.read(name, item);
  },
);

When('{person} keeps one entry more', async function (this: RevenueWorld, { name }: Person) {
  await this.state.quotas.tryToKeepOneMore(name);
});

Then('{person} keeps {count} entry/entries', async function (this: RevenueWorld, { name }: Person, count: number) {
  expect(await this.state.quotas.items(name)).to.have.length(count);
});

Then(
  '{person} keeps {count} entries, and {person} {count}',
  async function (this: RevenueWorld, one: Person, ones: number, other: Person, others: number) {
    expect(await this.state.quotas.items(one.name)).to.have.length(ones);
    expect(await this.state.quotas.items(other.name)).to.have.length(others);
  },
);

Then(
  '{person} keeps {count} entries, with {string} and without {string}',
  async function (this: RevenueWorld, { name }: Person, count: number, kept: string, gone: string) {
    const items = await this.state.quotas.items(name);
    this.state.quotas.assertKept(name, gone);
    expect(items).to.have.length(count).and.to.include(kept).and.not.to.include(gone);
  },
);

When(
  '{person} lists all {int} page by page while others change, add and remove entries',
  async function (this: RevenueWorld, { name }: Person, count: number) {
    await this.state.quotas.listWhileOthersWrite(name, count);
  },
);

Then('each of the {int} that stood throughout was shown exactly once', function (this: RevenueWorld, count: number) {
  expect(this.state.quotas.shownOnce).to.equal(count);
});
