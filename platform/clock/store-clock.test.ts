import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ControlledClock } from '../../world/operations/controlled-clock';
import { judgeClock, StoreClock } from './store-clock';

const STORE = Date.UTC(2026, 0, 1, 12);
const MINUTE_MS = 60_000;

/** A machine whose clock is off by so much, and a store whose clock is right; time passes for both. */
class Deployment {
  readonly own: ControlledClock;
  readonly clock: StoreClock;

  constructor(offMs: number) {
    this.own = new ControlledClock(STORE + offMs);
    this.clock = new StoreClock(this.own);
  }

  /** What the store's clock says now. */
  get storeNow(): number {
    return STORE + this.own.monotonic();
  }

  /** Asks the store; the way there and back takes so long. */
  learn(thereMs = 0, backMs = 0): void {
    const askedAt = this.own.monotonic();
    this.own.advance(thereMs);
    const epochMs = this.storeNow;
    this.own.advance(backMs);
    this.clock.learn({ epochMs, askedAt, answeredAt: this.own.monotonic() });
  }
}

for (const minutes of [-60, -11, 0, 11, 60]) {
  void test(`LC-13 a machine whose clock is ${minutes} minutes off judges time by PostgreSQL's`, () => {
    const { clock, own, ...deployment } = deploymentOf(minutes * MINUTE_MS);
    assert.equal(clock.aheadMs, 0);
    deployment.learn();
    own.advance(90_000);
    assert.deepEqual([clock.now(), clock.aheadMs], [deployment.storeNow(), minutes * MINUTE_MS]);
  });
}

void test('LC-13 before the store has answered, the machine’s own clock is all there is', () => {
  const { own, clock } = new Deployment(11 * MINUTE_MS);
  assert.equal(clock.now(), own.now());
});

void test('LC-13 a step of the machine’s clock between two readings moves nothing, and shows', () => {
  const { clock, own, learn, storeNow } = deploymentOf(0);
  learn();
  own.set(own.now() + 3_600_000);
  own.advance(1_000);
  assert.deepEqual([clock.now(), clock.aheadMs], [storeNow(), 3_600_000]);
});

void test('LC-13 however long answers take, the time is wrong by no more than half the way, and goes on evenly', () => {
  const ways = fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 400 })), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(ways, fc.integer({ min: -600_000, max: 600_000 }), (tried, offMs) => {
      const deployment = new Deployment(offMs);
      for (const [there, back] of tried) {
        deployment.learn(there, back);
        assert.ok(Math.abs(deployment.clock.now() - deployment.storeNow) <= (there + back) / 2 + 1);
        deployment.own.advance(3_000);
      }
    }),
  );
});

void test('LC-13 a slow answer does not blur what a quick one has told', () => {
  const deployment = new Deployment(0);
  deployment.learn(1, 1);
  deployment.learn(400, 0);
  assert.ok(Math.abs(deployment.clock.now() - deployment.storeNow) <= 2);
});

void test('LC-13 a store whose own clock was set right is believed', () => {
  const { clock, own, learn } = deploymentOf(0);
  learn();
  clock.learn({ epochMs: STORE + 5_000, askedAt: own.monotonic(), answeredAt: own.monotonic() });
  assert.equal(clock.now(), STORE + 5_000);
});

void test('LC-13 time that a scenario lets pass in one moment stays passed', () => {
  const own = new ControlledClock(STORE);
  const clock = new StoreClock(own, () => 16 * MINUTE_MS);
  own.advance(16 * MINUTE_MS);
  clock.learn({ epochMs: STORE, askedAt: own.monotonic(), answeredAt: own.monotonic() });
  assert.deepEqual([clock.now(), clock.aheadMs], [STORE + 16 * MINUTE_MS, 0]);
});

for (const [aheadMs, cause] of [
  [0, undefined],
  [2_000, undefined],
  [-2_000, undefined],
  [2_001, '2 s ahead of'],
  [660_000, '660 s ahead of'],
  [-3_500, '4 s behind'],
] as const) {
  void test(`LC-13 a clock that is ${aheadMs} ms ahead is ${cause === undefined ? 'well' : 'named'}, and measured`, () => {
    const figures: unknown[] = [];
    const metrics = { count: () => {}, observe: () => {}, gauge: (...figure: unknown[]) => void figures.push(figure) };
    const why = `This machine's clock is ${cause} PostgreSQL's. Set it right: time synchronisation does not work.`;
    assert.deepEqual(judgeClock({ aheadMs }, metrics), cause === undefined ? { ok: true } : { ok: false, cause: why });
    assert.deepEqual(figures, [['clock_ahead_seconds', aheadMs / 1_000]]);
  });
}

function deploymentOf(offMs: number): { clock: StoreClock; own: ControlledClock; learn(): void; storeNow(): number } {
  const deployment = new Deployment(offMs);
  const { clock, own } = deployment;
  return { clock, own, learn: () => deployment.learn(), storeNow: () => deployment.storeNow };
}
