import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needOf, type Costs } from './model';

const costs: Costs = {
  ...{
    connectionKib: 16,
    connectionUs: 50,
    connectionTransactions: 0.001,
    connectionCommands: 0.1,
    connectionRedisKib: 1,
  },
  ...{ eventUs: 1_000, eventCommits: 1, eventCommands: 1, eventBytes: 500, usageBytes: 50 },
  ...{ maxTransactions: 1_000, maxCommands: 50_000, maxUsageRows: 10_000 },
};
const load = { connections: 100_000, questionsAnHour: 3.6, eventsOfAnAnswer: 20, usesOfAQuestion: 5 };

test('what so many connections need is what one costs, so many times', () => {
  const need = needOf(costs, load);
  // 100 questions and 2,000 events a second.
  assert.equal(need.transactions, 100 + 2_000);
  assert.equal(need.commands, 10_000 + 2_000);
  assert.equal(need.usageRows, 500);
  assert.equal(need.servers.PostgreSQL, 2_100 / 1_000 / 0.7);
  assert.equal(need.first, 'PostgreSQL');
  assert.equal(Math.round(need.redisMib), 98);
  assert.equal(need.eventGibADay.toFixed(1), '80.5');
});

test('instances are as many as the tightest of their three limits asks for', () => {
  assert.equal(needOf(costs, { ...load, questionsAnHour: 0 }).instances, 10, 'connections of an instance');
  assert.equal(needOf({ ...costs, connectionKib: 160 }, { ...load, questionsAnHour: 0 }).instances, 31, 'memory');
  assert.equal(needOf({ ...costs, connectionUs: 140 }, { ...load, questionsAnHour: 0 }).instances, 20, 'processor');
});

test('what gives way first is what there is one of and needs most of a server', () => {
  assert.equal(needOf({ ...costs, connectionCommands: 10 }, load).first, 'Redis');
  assert.equal(needOf({ ...costs, maxUsageRows: 10 }, load).first, 'ClickHouse');
});
