import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stores } from '../../../support/module-tests/stores';
import { systemClock } from '../../kernel';
import { eventually } from '../../../world/eventually';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { FaultProxy } from '../../../world/operations/fault-proxy';
import { aroundNow, callOf, newReporter, openUsage } from '../../../world/modules/analytics/analytics-under-test';
import { OwnHistory } from '../../../world/modules/analytics/own-history';
import { ReadOnlyWay } from '../../../world/modules/analytics/read-only-way';

/** What stands between an instance and a history of its own. */
interface Scene {
  readonly history: OwnHistory;
  readonly proxy: FaultProxy;
  readonly way: ReadOnlyWay;
}

/** How ClickHouse fails without being away, how it is mended, and what health says of it. */
interface Failure {
  readonly what: string;
  readonly fail: (scene: Scene) => unknown;
  readonly mend: (scene: Scene) => unknown;
  readonly cause: RegExp;
  readonly state?: string;
  /** Whether reports are taken and questions answered meanwhile. */
  readonly records?: boolean;
  readonly answers?: boolean;
}

const FAILURES: readonly Failure[] = [
  {
    what: 'it may only be read',
    fail: ({ way }) => void (way.isReadOnly = true),
    mend: ({ way }) => void (way.isReadOnly = false),
    cause: /^ClickHouse answers, but records nothing \(READONLY\)\.$/,
    answers: true,
  },
  {
    what: 'it refuses inserts, because its table has too many parts',
    fail: ({ history }) =>
      history.run('alter table {db}.usage modify setting parts_to_throw_insert = 1, parts_to_delay_insert = 1'),
    mend: ({ history }) =>
      history.run('alter table {db}.usage reset setting parts_to_throw_insert, parts_to_delay_insert'),
    cause: /^ClickHouse answers, but records nothing \(TOO_MANY_PARTS\)\.$/,
    answers: true,
  },
  {
    what: 'it answers late',
    fail: ({ proxy }) => proxy.delay(300),
    mend: ({ proxy }) => proxy.restore(),
    cause: /^ClickHouse takes [6-9]\d\d ms to answer\.$/,
    state: 'slow',
    answers: true,
    records: true,
  },
  {
    what: 'it hangs',
    fail: ({ proxy }) => proxy.blackHole(),
    mend: ({ proxy }) => proxy.restore(),
    cause: /^ClickHouse does not answer\.$/,
  },
  {
    what: 'something else answers at its address',
    fail: ({ proxy }) => proxy.babble(),
    mend: ({ proxy }) => proxy.restore(),
    cause: /^Something answers at the address of ClickHouse that is not ClickHouse\.$|^ClickHouse cannot be reached\.$/,
  },
];

const outcomeOf = (work: Promise<unknown>): Promise<boolean> => work.then(() => true, () => false); // oxfmt-ignore

describe('a history that fails', () => {
  for (const { what, fail, mend, cause, state = 'down', answers = false, records = false } of FAILURES) {
    void it(`CH-03 health names how ClickHouse fails, what was acknowledged stays, and it is used again: ${what}`, async () => {
      await using history = await OwnHistory.open(stores);
      await using way = await ReadOnlyWay.open(history.url);
      await using proxy = await FaultProxy.open(way.url);
      await using usage = await openUsage({}, proxy.url);
      const leo = newReporter(stores);
      const meanwhile = callOf('meanwhile');
      await usage.record(leo, [callOf('kept')]);
      assert.equal((await usage.health()).state, 'up');
      const scene = { history, proxy, way };
      await fail(scene);
      await eventually(async () => {
        const health = await usage.health();
        assert.match(health.cause ?? '', cause);
        assert.equal(health.state, state);
      });
      assert.equal(await outcomeOf(usage.record(leo, [meanwhile])), records);
      // One that would hang is given up by whoever asked.
      if (answers) assert.equal((await usage.coverage(leo, aroundNow())).data.calls, records ? 2 : 1);
      await mend(scene);
      await eventually(async () => assert.equal((await usage.health()).state, 'up'));
      await usage.record(leo, [meanwhile]);
      await eventually(async () => assert.equal((await usage.coverage(leo, aroundNow())).data.calls, 2));
    });
  }

  for (const [what, first] of [
    ['a report', false],
    ['a look at its health', true],
  ] as const) {
    void it(`CH-03 a ClickHouse that comes back empty is built again by ${what}, without a restart`, async () => {
      await using history = await OwnHistory.open(stores);
      await using usage = await openUsage({}, history.url);
      const leo = newReporter(stores);
      await usage.record(leo, [callOf('lost with the store')]);
      await history.comeBackEmpty();
      if (first) {
        const cause = 'ClickHouse has come back without its tables; they are built again.';
        assert.deepEqual(await usage.health(), { state: 'down', latencyMs: null, cause });
        assert.equal((await usage.health()).state, 'up');
      }
      assert.deepEqual(await usage.record(leo, [callOf('reported anew')]), { recorded: 1, repeated: 0 });
      assert.equal((await usage.coverage(leo, aroundNow())).data.calls, 1);
    });
  }

  void it('CH-09 a ClickHouse that hangs keeps an instance three seconds from serving, and is used once it answers', async () => {
    await using history = await OwnHistory.open(stores);
    await using proxy = await FaultProxy.open(history.url);
    const clock = new ControlledClock(systemClock.now());
    proxy.blackHole();
    const opening = openUsage({ clock }, proxy.url);
    await eventually(() => assert.equal(clock.pending, 1));
    clock.advance(3_000);
    await using usage = await opening;
    const leo = newReporter(stores);
    proxy.restore();
    assert.deepEqual(await usage.record(leo, [callOf('the first')]), { recorded: 1, repeated: 0 });
  });
});
