import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { z } from 'zod';
import { addressOf } from '../../../world/settings';
import { systemClock } from '../../kernel';
import { layoutOn } from '../schema/layout';
import { Store } from './store';

describe('one reading in the store', () => {
  let store: Store;
  before(() => {
    store = new Store(addressOf('SPEC_CLICKHOUSE_URL'), systemClock, layoutOn(''));
  });
  after(() => store.close());

  for (const [limit, question] of [
    ['rows', 'select sum(number) as n from numbers(60000000)'],
    ['memory', 'select length(groupArray(number)) as n from numbers(49000000)'],
    ['result', 'select number as n from numbers(60000)'],
  ] as const) {
    void it(`CF-09 a reading that is too big is ended in the store, and the limit of ${limit} is named`, async () => {
      await assert.rejects(store.ask(question, {}, z.object({ n: z.coerce.number() })), {
        code: 'analytics_limit',
        field: limit,
        retryable: false,
        message: `The question is too big: it reached its limit of ${limit}. Ask for a shorter period.`,
      });
    });
  }

  void it('CF-09 a long answer is read in pieces, and everybody else is served in between', async () => {
    let atOnce = 0;
    let most = 0;
    const row = z.object({ n: z.coerce.number() }).transform(() => (most = Math.max(most, (atOnce += 1))));
    const reading = store.ask('select number as n from numbers(20000)', {}, row);
    let isOver = false;
    const over = reading.finally(() => (isOver = true));
    while (!isOver) {
      await turn();
      atOnce = 0;
    }
    await over;
    assert(most <= 500, `${most} rows at once`);
  });

  void it('CF-09 the store ends a reading after 10 seconds, and lets none change anything', async () => {
    const rows = await store.ask(
      "select name, value from system.settings where name in ('max_execution_time', 'readonly') order by name",
      {},
      z.object({ name: z.string(), value: z.string() }),
    );
    assert.deepEqual(
      rows.map(({ name, value }) => `${name} ${value}`),
      ['max_execution_time 10', 'readonly 2'],
    );
  });
});
