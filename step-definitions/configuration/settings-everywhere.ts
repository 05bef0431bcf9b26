import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { phrases } from '../../support/phrases';
import type { Person } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';

const KEY = 'limits.threadsPerPerson';

type InstanceUrl = (world: RevenueWorld) => Promise<string>;
const own: InstanceUrl = (world) => Promise.resolve(world.operations.serving().url);
const shared: InstanceUrl = (world) => world.platformUrl();
phrases<InstanceUrl>('instance', { 'this instance': own, 'another instance': shared, 'the other instance': shared });
phrases('announced', { 'at once': 'now', 'by themselves': 'by_poll' });

When(
  '{person} sets the threads of a person to {int} through {instance}',
  async function (this: RevenueWorld, person: Person, threads: number, urlOf: InstanceUrl) {
    const both = [await own(this), await shared(this)];
    for (const url of both) await this.companySettings.read(person, url);
    await this.companySettings.openThreads(person, threads, both);
    await this.companySettings.set(person, { [KEY]: threads }, 'agreed', { baseUrl: await urlOf(this) });
  },
);

Then(
  '{instance} goes by {int} within {duration}',
  async function (this: RevenueWorld, urlOf: InstanceUrl, threads: number, limitMs: number) {
    const [person, url] = [this.cast.lastNamed(), await urlOf(this)];
    await this.companySettings.untilItAllows(person, threads, url, 4 * limitMs);
    expect(this.companySettings.tookMs).to.be.below(limitMs);
    expect(await this.companySettings.setting(person, KEY, url)).to.include({ value: threads });
  },
);

Then('she is told that the others find it {announced}', function (this: RevenueWorld, how: string) {
  expect(this.companySettings.answer?.body).to.include({ announced: how });
});
