import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { BUDGETS } from './budgets';
import type { Counter } from './counting';
import { LocalCounters } from './local-counters';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const connection: Counter = { key: 'connection', budget: BUDGETS.connection.address };
const token: Counter = { key: 'token', budget: BUDGETS.access_token.address };
const account: Counter = { key: 'account', budget: BUDGETS.sign_in.account_and_address };

class Scene {
  readonly clock = new ControlledClock();
  readonly #counters = new LocalCounters(this.clock);

  fail(counter: Counter, times: number, everyMs = 0): this {
    for (let i = 0; i < times; i++) {
      if (i > 0) this.clock.advance(everyMs);
      this.#counters.apply('fail', [counter]);
    }
    return this;
  }

  pass(ms: number): this {
    this.clock.advance(ms);
    return this;
  }

  /** Told by the other instances that this one has to wait. */
  learn(counter: Counter, waitMs: number): this {
    this.#counters.learn([counter], [waitMs]);
    return this;
  }

  expectFailures(counter: Counter, times: number): Disposable {
    const all = new DisposableStack();
    for (let i = 0; i < times; i++) all.use(this.#counters.expectFailure([counter]));
    return all;
  }

  succeed(...counters: readonly Counter[]): this {
    this.#counters.apply('succeed', counters);
    return this;
  }

  waitOf(counter: Counter): number {
    return this.#counters.apply('look', [counter])[0] as number;
  }
}

const waits: readonly (readonly [string, Counter, number, number, number, number])[] = [
  // failures, milliseconds apart, milliseconds later, wait
  ['29 connections in a minute', connection, 29, 1, 0, 0],
  ['30 in a minute wait until the first is forgotten', connection, 30, 1_000, 0, 31_000],
  ['30, the first forgotten', connection, 30, 1_000, 31_000, 0],
  ['a refused one does not prolong the wait', connection, 31, 0, 59_999, 1],
  ['9 invalid tokens', token, 9, 0, 0, 0],
  ['10 invalid tokens lock for a minute from the last', token, 10, 1_000, 0, MINUTE],
  ['10 invalid tokens, almost over', token, 10, 1_000, MINUTE - 1, 1],
  ['10 invalid tokens, over', token, 10, 1_000, MINUTE, 0],
  ['10 invalid tokens within more than a minute', token, 10, 6_700, 0, 0],
  ['4 wrong passwords', account, 4, 0, 0, 0],
  ['5 wrong passwords lock for 15 minutes', account, 5, 0, 0, 15 * MINUTE],
  ['5 wrong passwords within 15 minutes', account, 5, 224_999, 0, 15 * MINUTE],
  ['5 wrong passwords, the first forgotten', account, 5, 225_000, 0, 0],
];

for (const [what, counter, failures, everyMs, laterMs, wait] of waits) {
  test(`AU-05 waits: ${what}`, () => {
    assert.equal(new Scene().fail(counter, failures, everyMs).pass(laterMs).waitOf(counter), wait);
  });
}

test('AU-05 an account is locked longer each time, up to 2 hours', () => {
  const scene = new Scene();
  const locks = [15, 30, 60, 120, 120].map((minutes) => {
    const wait = scene.fail(account, 5).waitOf(account);
    scene.pass(minutes * MINUTE);
    return wait / MINUTE;
  });
  assert.deepEqual(locks, [15, 30, 60, 120, 120]);
});

test('AU-05 a lock is forgotten 24 hours after its end', () => {
  assert.equal(
    new Scene()
      .fail(account, 5)
      .pass(15 * MINUTE + 24 * HOUR)
      .fail(account, 5)
      .waitOf(account),
    30 * MINUTE,
  );
  assert.equal(
    new Scene()
      .fail(account, 5)
      .pass(15 * MINUTE + 24 * HOUR + 1)
      .fail(account, 5)
      .waitOf(account),
    15 * MINUTE,
  );
});

test('AU-05 to be told that there is nothing to wait for makes no lock remembered for longer', () => {
  const scene = new Scene().fail(account, 5).pass(15 * MINUTE + 24 * HOUR);
  assert.equal(scene.learn(account, 0).pass(1).fail(account, 5).waitOf(account), 15 * MINUTE);
});

test('AU-05 a success forgets what failed before about the account, not what its address did to others', () => {
  const scene = new Scene().fail(account, 4).fail(connection, 29).succeed(account, connection).fail(account, 4);
  assert.equal(scene.waitOf(account), 0);
  assert.equal(scene.fail(account, 1).waitOf(account), 15 * MINUTE);
  assert.equal(scene.fail(connection, 1).waitOf(connection), MINUTE);
});

test('AU-05 a success during a lock changes nothing', () => {
  assert.equal(new Scene().fail(account, 5).succeed(account).waitOf(account), 15 * MINUTE);
  assert.equal(
    new Scene().fail(account, 4).fail(connection, 30).succeed(account, connection).fail(account, 1).waitOf(account),
    15 * MINUTE,
  );
});

test('AU-05 a wait that was told is remembered for as long as it lasts, and no shorter one takes its place', () => {
  const scene = new Scene()
    .learn(account, 15 * MINUTE)
    .learn(account, MINUTE)
    .learn(account, 0);
  assert.equal(scene.pass(14 * MINUTE).waitOf(account), MINUTE);
  assert.equal(scene.pass(MINUTE).waitOf(account), 0);
  assert.equal(scene.waitOf(connection), 0);
});

test('AU-05 what is refused from memory counts for nothing, and a wait that was told forgets nothing', () => {
  const scene = new Scene().fail(account, 3).learn(account, MINUTE).fail(account, 7).pass(MINUTE);
  assert.equal(scene.fail(account, 1).waitOf(account), 0);
  assert.equal(scene.fail(account, 1).waitOf(account), 15 * MINUTE);
});

test('AU-05 failures on their way to be counted are counted upon, until they have arrived or been refused', () => {
  const scene = new Scene().fail(token, 4);
  const five = scene.expectFailures(token, 5);
  assert.equal(scene.waitOf(token), 0);
  const sixth = scene.expectFailures(token, 1);
  assert.equal(scene.waitOf(token), MINUTE);
  sixth[Symbol.dispose]();
  assert.equal(scene.waitOf(token), 0);
  five[Symbol.dispose]();
  assert.equal(scene.fail(token, 5).waitOf(token), 0);
});

test('AU-05 more failures on their way than a budget has room for prolong no wait', () => {
  const scene = new Scene().fail(connection, 29, 1_000);
  using _five = scene.expectFailures(connection, 5);
  assert.equal(scene.waitOf(connection), 32_000);
});
