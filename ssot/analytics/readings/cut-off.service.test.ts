import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stores } from '../../../support/module-tests/stores';
import { aroundNow, callOf, newReporter, openUsage } from '../../../world/modules/analytics/analytics-under-test';
import { OwnHistory } from '../../../world/modules/analytics/own-history';
import { SlowHistory } from '../../../world/modules/analytics/slow-history';

const SIXTY = Array.from({ length: 60 }, (_, index) => callOf(`call ${index}`));

describe('the moment up to which figures count', () => {
  void it('CH-04 questions with one cut-off agree while recording goes on, and a new one has what was acknowledged', async () => {
    await using usage = await openUsage();
    const leo = newReporter(stores);
    await usage.record(leo, [callOf('first')]);
    const cut = await usage.cutOff(leo);
    for (let index = 0; index < 5; index++) {
      await usage.record(leo, [callOf(`later ${index}`)]);
      assert.equal((await usage.coverage(leo, { ...aroundNow(), cut })).data.calls, 1);
      assert.equal((await usage.coverage(leo, aroundNow())).data.calls, index + 2);
    }
    const [{ calls } = { calls: 0 }] = (await usage.usage(leo, { ...aroundNow(), by: [], cut })).data;
    assert.equal(calls, 1);
  });

  void it('CH-07 what another instance recorded since this one looked last is in the next answer', async () => {
    await using here = await openUsage();
    await using elsewhere = await openUsage();
    const leo = newReporter(stores);
    for (let count = 1; count <= 3; count++) {
      await elsewhere.record(leo, [callOf(`call ${count}`)]);
      assert.equal((await here.coverage(leo, aroundNow())).data.calls, count);
      assert.deepEqual(await here.cutOff(leo), await elsewhere.cutOff(leo));
    }
  });

  void it('CH-07 looking for what was recorded since reads what came since, not all that a company has', async () => {
    await using history = await OwnHistory.open(stores);
    await using usage = await openUsage({}, history.url);
    const leo = newReporter(stores);
    await usage.record(leo, SIXTY);
    await usage.cutOff(leo);
    const since = 'select count() from {db}.usage where recorded_at > now64(6)';
    const plan = await history.rows<{ explain: string }>(`explain indexes = 1 ${since}`);
    assert(plan.some(({ explain }) => explain.includes('by_recorded_at')));
    assert(
      plan.some(({ explain }) => /Granules: 0\/\d/.test(explain)),
      plan.map(({ explain }) => explain).join('\n'),
    );
  });

  void it('CH-04 without any use there is nothing to count, and what is reported later joins no earlier moment', async () => {
    await using usage = await openUsage();
    const leo = newReporter(stores);
    const cut = await usage.cutOff(leo);
    await usage.record(leo, [callOf('first')]);
    assert.equal((await usage.coverage(leo, { ...aroundNow(), cut })).data.calls, 0);
  });

  void it('CH-04 a report that is not stored within two seconds is ended, leaves nothing, and counts once when sent again', async () => {
    await using history = await OwnHistory.open(stores);
    await using usage = await openUsage({}, history.url);
    const leo = newReporter(stores);
    await usage.record(leo, [callOf('before')]);
    await history.run('alter table {db}.usage add constraint slow check sleepEachRow(0.05) = 0');
    const began = performance.now();
    await assert.rejects(usage.record(leo, SIXTY), {
      code: 'analytics_unavailable',
      retryable: true,
      message: 'The history did not store the report within 2 seconds. Send it again.',
    });
    assert(performance.now() - began < 10_000);
    await history.run('alter table {db}.usage drop constraint slow');
    assert.equal((await usage.coverage(leo, aroundNow())).data.calls, 1);
    assert.deepEqual(await usage.record(leo, SIXTY), { recorded: 60, repeated: 0 });
    assert.equal((await usage.coverage(leo, aroundNow())).data.calls, 61);
  });

  void it('CH-07 a hundred people who ask the same at once cost one reading, and each is answered', async () => {
    await using slow = await SlowHistory.open(stores);
    await using usage = await openUsage({}, slow.url);
    const leo = newReporter(stores);
    await usage.record(leo, [callOf('one')]);
    await slow.slowDown(2);
    const period = aroundNow();
    const hundred = Array.from({ length: 100 }, () => usage.coverage(leo, period));
    await slow.untilUnderWay();
    assert.equal(await slow.underWay(), 1);
    const answers = await Promise.all(hundred);
    assert.deepEqual(new Set(answers.map(({ data }) => data.calls)), new Set([1]));
  });

  void it('CH-07 a use that is acknowledged while an equal question is under way is in the next answer', async () => {
    await using slow = await SlowHistory.open(stores);
    await using usage = await openUsage({}, slow.url);
    const leo = newReporter(stores);
    await usage.record(leo, [callOf('one')]);
    await slow.slowDown(1);
    const period = aroundNow();
    const before = usage.coverage(leo, period);
    await slow.untilUnderWay();
    await usage.record(leo, [callOf('two')]);
    assert.equal((await usage.coverage(leo, period)).data.calls, 2);
    assert.equal((await before).data.calls, 1);
  });
});
