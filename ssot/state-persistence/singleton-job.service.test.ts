import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { stores } from '../../support/module-tests/stores';
import { ControlledClock } from '../../world/operations/controlled-clock';
import { eventually } from '../../world/eventually';
import type { Database } from '../database-manager';
import { SingletonJob } from './singleton-job';

const EVERY_MS = 60_000;

describe('a job that one instance does for all', () => {
  let db: Database;
  before(async () => {
    db = await stores.database();
  });

  /** Instances that share a clock and a job, and what they have done of it. */
  function begin() {
    const clock = new ControlledClock();
    const name = stores.ids.next('inst');
    const done: string[] = [];
    const instance = (called: string, time: 'server' | ControlledClock = clock) => {
      const job = new SingletonJob({ db, time }, name, EVERY_MS);
      return (counts = 0) =>
        job.run(() => {
          done.push(called);
          return Promise.resolve(counts);
        });
    };
    const job = new SingletonJob({ db, time: clock }, name, EVERY_MS);
    const failing = () => job.run(() => Promise.reject(new Error('no')));
    const stuck = () => job.run(() => (done.push('stuck'), new Promise(() => undefined)));
    return { clock, done, instance, failing, stuck };
  }

  for (const time of ['their clock', 'server'] as const) {
    void it(`SP-11 of ten instances that find it due at one moment one does it, by ${time}`, async () => {
      const { clock, done, instance } = begin();
      const all = Array.from({ length: 10 }, (_, n) => instance(String(n), time === 'server' ? time : clock));
      await Promise.all(all.map((run) => run()));
      assert.equal(done.length, 1);
    });
  }

  void it('SP-11 all learn what was counted, and nobody does it before it is due again', async () => {
    const { clock, done, instance } = begin();
    const [one, other] = [instance('one'), instance('other')];
    assert.equal(await one(7), 7);
    clock.advance(EVERY_MS - 1);
    assert.equal(await other(8), 7);
    assert.equal(await one(8), 7);
    assert.deepEqual(done, ['one']);
    clock.advance(1);
    assert.equal(await other(8), 8);
    assert.equal(await one(9), 8);
    assert.deepEqual(done, ['one', 'other']);
  });

  void it('SP-11 one that fails gives it back, and what was counted before stands meanwhile', async () => {
    const { clock, done, instance, failing } = begin();
    await instance('one')(7);
    clock.advance(EVERY_MS);
    await assert.rejects(failing(), /no/);
    assert.equal(await instance('other')(8), 8);
    assert.deepEqual(done, ['one', 'other']);
  });

  void it('SP-11 one that was killed at it is followed when it is due again', async () => {
    const { clock, done, instance, stuck } = begin();
    void stuck();
    await eventually(() => assert.deepEqual(done, ['stuck']));
    assert.equal(await instance('other')(8), 0);
    clock.advance(EVERY_MS);
    assert.equal(await instance('other')(8), 8);
    assert.deepEqual(done, ['stuck', 'other']);
  });

  void it('SP-11 who came a moment earlier and was slower does not do it again', async () => {
    const { clock, done, instance } = begin();
    const earlier = new ControlledClock(clock.now() - 1);
    await instance('quicker')();
    await instance('slower', earlier)();
    assert.deepEqual(done, ['quicker']);
  });

  void it('SP-11 a clock that went ahead keeps nobody from it', async () => {
    const { clock, done, instance } = begin();
    const ahead = new ControlledClock(clock.now() + 86_400_000);
    await instance('ahead', ahead)();
    await instance('right')();
    assert.deepEqual(done, ['ahead', 'right']);
  });
});
