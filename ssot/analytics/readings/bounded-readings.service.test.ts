import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { stores } from '../../../support/module-tests/stores';
import {
  aroundNow,
  callOf,
  newReporter,
  openUsage,
  usageLimits,
} from '../../../world/modules/analytics/analytics-under-test';
import { SlowHistory } from '../../../world/modules/analytics/slow-history';
import type { TenantContext } from '../../kernel';
import { listPrices, type Analytics } from '..';
import { MAX_ROWS } from '../reports/usage-totals';

const NAMES = 99_000;
const ofAll = { ...aroundNow(), by: ['feature'] } as const;

/** Around now, from so many more days back: another question for each. */
function askedBefore(days: number): { readonly from: string; readonly to: string } {
  const { from, to } = ofAll;
  return { from: new Date(Date.parse(from) - days * 86_400_000).toISOString(), to };
}

describe('readings of usage', () => {
  let usage: Analytics;
  const many = newReporter(stores);
  const [priced] = listPrices.entries;

  before(async () => {
    usage = await openUsage({ plans: usageLimits({ readingsPerTenant: 2 }) });
    // As if they had been recorded before there were limits: a name for every call, one of every model in ten calls priced.
    await stores.history().command({
      query: `insert into usage (tenant_id, event_id, fingerprint, at, provider, model, feature, status, input_tokens,
          cached_input_tokens, output_tokens, latency_ms, background, person_id, run_id, prompt_hash, opening_hash, opening_tokens)
        select {tenant:String}, toString(number), '', now64(3, 'UTC') - interval 1 hour, {provider:String},
          if(number % 10 = 0, {model:String}, concat('m', toString(number))), concat('f', toString(number)), 'failed', 10, 0, 1, 1, 0,
          '', '', '', '', 0 from numbers(${NAMES})`,
      query_params: { tenant: many.tenantId, provider: priced?.provider, model: priced?.model },
    });
  });
  after(() => usage[Symbol.asyncDispose]());

  void it('CF-09 a breakdown of 99,000 names is 5,000 rows and their rest, and the parts add up to the whole', async () => {
    for (const by of ['feature', 'model'] as const) {
      const { data } = await usage.usage(many, { ...ofAll, by: [by] });
      assert.equal(data.length, MAX_ROWS + 1);
      assert.equal(data.at(-1)?.rest, true);
      assert.equal(
        data.reduce((sum, { calls }) => sum + calls, 0),
        NAMES,
      );
      assert.equal(
        data.reduce((sum, { inputTokens }) => sum + inputTokens, 0n),
        BigInt(10 * NAMES),
      );
    }
  });

  void it('CF-09 what 99,000 names cost is as much as without names, priced and unpriced apart', async () => {
    const whole = (await usage.cost(many, { ...ofAll, by: [] })).data;
    const parts = (await usage.cost(many, ofAll)).data;
    const callsOf = (rows: typeof parts, isPriced: boolean): number =>
      rows.filter(({ amount }) => (amount !== 'unpriced') === isPriced).reduce((sum, { calls }) => sum + calls, 0);
    const costOf = (rows: typeof parts): bigint =>
      rows.reduce((sum, { amount }) => sum + (amount === 'unpriced' ? 0n : BigInt(amount.value.replace('.', ''))), 0n);
    assert.deepEqual([callsOf(whole, true), callsOf(whole, false)], [NAMES / 10, (NAMES * 9) / 10]);
    assert.deepEqual([callsOf(parts, true), callsOf(parts, false)], [NAMES / 10, (NAMES * 9) / 10]);
    assert.equal(costOf(parts), costOf(whole));
    assert(costOf(whole) > 0n);
    assert(parts.length <= MAX_ROWS + 2);
  });

  void it('CF-09 opportunities among 99,000 names are told for the largest, and summed for the rest', async () => {
    const { data } = await usage.opportunities(many, aroundNow());
    assert(data.length <= 1_100, `${data.length} opportunities`);
    assert.equal(
      data.reduce((sum, { calls }) => sum + calls, 0),
      NAMES,
    );
    assert(data.some(({ rest, feature, saving }) => rest === true && feature === '' && saving !== 'unpriced'));
  });

  void it('CF-09 while 99,000 names are read, nobody else waits for a tenth of a second', async () => {
    // Of this thread alone: a machine with other work to do delays everybody, and blocks nobody here.
    const worked = (): number => {
      const { user, system } = process.threadCpuUsage();
      return (user + system) / 1_000;
    };
    let longest = 0;
    let last = worked();
    const watch = setInterval(() => {
      longest = Math.max(longest, worked() - last);
      last = worked();
    }, 5);
    await usage.cost(many, { ...ofAll, by: ['feature', 'model'] }).finally(() => clearInterval(watch));
    assert(longest < 100, `${Math.round(longest)} ms`);
  });

  void it('CF-09 a caller is refused with the limit while as many readings are under way as the plan allows; a run waits', async () => {
    await using slow = await SlowHistory.open(stores);
    await using busy = await openUsage({ plans: usageLimits({ readingsPerTenant: 2 }) }, slow.url);
    const leo = newReporter(stores);
    await busy.record(leo, [callOf('one')]);
    await slow.slowDown(1);
    const under = [busy.coverage(leo, askedBefore(1)), busy.coverage(leo, askedBefore(2))];
    await slow.untilUnderWay();
    await assert.rejects(busy.coverage(leo, askedBefore(3)), {
      code: 'analytics_over_quota',
      retryable: true,
      retryAfterMs: 1_000,
      limit: { name: 'readingsPerTenant', max: 2 },
    });
    const waited = await Promise.all(
      Array.from({ length: 3 }, (_, at) => busy.coverage(leo, { ...askedBefore(4 + at), whenBusy: 'wait' })),
    );
    assert.deepEqual(new Set(waited.map(({ data }) => data.calls)), new Set([1]));
    await Promise.all(under);
    assert.equal((await busy.coverage(leo, aroundNow())).data.calls, 1);
  });

  void it('CF-09 of one company one reading is at work, and that of another begins beside it', async () => {
    await using slow = await SlowHistory.open(stores);
    await using busy = await openUsage({ plans: usageLimits({ readingsPerTenant: 3 }) }, slow.url);
    await slow.slowDown(1);
    const [leo, other] = [newReporter(stores), newReporter(stores)];
    const ended: string[] = [];
    const ask = (who: TenantContext, days: number): Promise<unknown> =>
      busy.coverage(who, askedBefore(days)).then(() => ended.push(who === leo ? 'leo' : 'other'));
    const all = [ask(leo, 1), ask(leo, 2), ask(leo, 3), ask(other, 1)];
    await slow.untilUnderWay();
    assert((await slow.underWay()) <= 2);
    await Promise.all(all);
    assert.deepEqual(ended.slice(0, 2).toSorted(), ['leo', 'other']);
  });

  void it('CF-09 a reading that waits for its turn ends when its run is stopped', async () => {
    const leo = newReporter(stores);
    const off = new AbortController();
    const under = [1, 2].map((days) => usage.coverage(leo, askedBefore(days)));
    const waiting = usage.coverage(leo, { ...askedBefore(3), whenBusy: 'wait', signal: off.signal });
    off.abort(new Error('stopped'));
    await assert.rejects(waiting, { code: 'analytics_cancelled' });
    await Promise.all(under);
  });

  for (const timeZone of ['+05:30', 'europe/berlin', 'Mars/Olympus', 'GMT+25', '']) {
    void it(`AG-16 "${timeZone}" is no time zone, and the question is refused naming the field`, async () => {
      await assert.rejects(usage.usage(newReporter(stores), { ...ofAll, timeZone }), {
        code: 'analytics_question_invalid',
        field: 'timeZone',
        message: 'timeZone is not a time zone that is known here. Name one of the IANA list, such as Europe/Berlin.',
      });
    });
  }

  for (const timeZone of ['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/Argentina/Buenos_Aires']) {
    void it(`AG-16 days are counted in ${timeZone}`, async () => {
      const leo = newReporter(stores);
      const call = callOf('one');
      await usage.record(leo, [call]);
      const { data } = await usage.usage(leo, { ...ofAll, by: ['day'], timeZone });
      const day = new Intl.DateTimeFormat('en-CA', { timeZone }).format(new Date(call.at));
      assert.deepEqual(
        data.map(({ day }) => day),
        [day],
      );
    });
  }
});
