import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { OwnHistory } from '../../world/modules/analytics/own-history';
import type { RedisFailure } from '../../world/modules/state-manager/own-redis';
import type { RevenueWorld } from '../../world/revenue-world';

Given(
  'an instance of the platform is serving with a Redis of its own that {redis-failure}',
  async function (this: RevenueWorld, failure: RedisFailure) {
    await this.operations.serveOn({ REDIS_URL: await this.state.ownRedis.start() });
    await this.state.ownRedis.failBy(failure);
  },
);

Given('Redis was restarted, and has come back empty', function (this: RevenueWorld) {
  return this.state.ownRedis.restartEmpty();
});

When('Redis is the primary again', function (this: RevenueWorld) {
  return this.state.ownRedis.demote(false);
});

Then('operators read there what begins with {string}', async function (this: RevenueWorld, words: string) {
  expect(await this.operations.causeThatBegins(words)).to.match(/\.$/);
});

Given(
  'an instance of the platform is serving on a ClickHouse that has come back empty',
  async function (this: RevenueWorld) {
    const history = this.own(await OwnHistory.open(this.connections));
    await this.operations.serveOn({ CLICKHOUSE_URL: history.url });
    await history.comeBackEmpty();
    this.moveTo(this.operations.serving());
  },
);
