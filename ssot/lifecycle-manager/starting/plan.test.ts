import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LIFECYCLE_DEFAULTS, LifecycleError, planOf, type LifecycleSettings, type Part } from '..';

const namesOf = (parts: readonly Part[]): string[] => planOf(parts, LIFECYCLE_DEFAULTS).map(({ name }) => name);

void test('LC-02 a part comes after all that it needs, wherever it stands', () => {
  const parts = [
    { name: 'connections', needs: ['runs'] },
    { name: 'runs', needs: ['postgres', 'state'] },
    { name: 'state', needs: ['postgres'] },
    { name: 'postgres' },
  ];
  assert.deepEqual(namesOf(parts), ['postgres', 'state', 'runs', 'connections']);
});

void test('LC-02 whatever needs what, no part comes before one that it needs, and each comes once', () => {
  const needs = fc.array(fc.array(fc.nat(9), { maxLength: 4 }), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(needs, fc.infiniteStream(fc.nat()), (table, lots) => {
      // Each needs parts of a lower number only, so there is an order; they are handed over in any.
      const parts = table.map((of, number) => ({
        name: `part ${number}`,
        needs: [...new Set(of.filter((other) => other < number))].map((other) => `part ${other}`),
      }));
      const shuffled = parts
        .map((part) => ({ part, lot: lots.next().value as number }))
        .sort((a, b) => a.lot - b.lot)
        .map(({ part }) => part);
      const order = namesOf(shuffled);
      assert.deepEqual([...order].sort(), parts.map(({ name }) => name).sort());
      for (const part of parts) {
        for (const need of part.needs) assert.ok(order.indexOf(need) < order.indexOf(part.name));
      }
    }),
  );
});

interface Unsound {
  readonly what: string;
  readonly parts?: readonly Part[];
  readonly settings?: Partial<LifecycleSettings>;
  readonly problems: readonly string[];
}

const UNSOUND: readonly Unsound[] = [
  {
    what: 'a circle',
    parts: [{ name: 'a', needs: ['b'] }, { name: 'b', needs: ['c'] }, { name: 'c', needs: ['a'] }, { name: 'apart' }],
    problems: ['needs: a, b, c need each other in a circle'],
  },
  { what: 'a part that needs itself', parts: [{ name: 'a', needs: ['a'] }], problems: ['a.needs: it needs itself'] },
  {
    what: 'a need that nobody meets',
    parts: [{ name: 'a', needs: ['postgers'] }],
    problems: ['a.needs: there is no part "postgers"'],
  },
  { what: 'one name twice', parts: [{ name: 'a' }, { name: 'a' }], problems: ['name: "a" is there twice'] },
  {
    what: 'a needed part that needs an optional one',
    parts: [
      { name: 'redis', optional: true },
      { name: 'auth', needs: ['redis'] },
    ],
    problems: ['auth.needs: "redis" is optional and "auth" is not'],
  },
  {
    what: 'a negative limit of a part',
    parts: [{ name: 'a', limits: { startMs: -1, stopMs: 0 } }],
    problems: ['a.limits.startMs: it is -1 ms'],
  },
  {
    what: 'a limit that is no number',
    settings: { partCheckMs: NaN },
    problems: ['partCheckMs: it is NaN ms'],
  },
  {
    what: 'shares of a stop that add up to more than it has',
    settings: { finishMs: 4_501 },
    problems: ['stopMs: the shares of the stop are 9001 ms together, the stop has 9000 ms'],
  },
  {
    what: 'a stop that leaves less than a second of the grace',
    settings: { stopMs: 9_001 },
    problems: ['graceMs: the stop has 9001 ms of 10000 ms, which leaves less than 1000 ms to spare'],
  },
  {
    what: 'several at once',
    parts: [{ name: 'a', needs: ['a', 'b'], limits: { checkMs: -2 } }],
    settings: { flushMs: -3 },
    problems: [
      'flushMs: it is -3 ms',
      'a.limits.checkMs: it is -2 ms',
      'a.needs: it needs itself',
      'a.needs: there is no part "b"',
    ],
  },
];

for (const { what, parts = [], settings = {}, problems } of UNSOUND) {
  void test(`LC-02 an unsound plan is refused with every problem: ${what}`, () => {
    assert.throws(
      () => planOf(parts, { ...LIFECYCLE_DEFAULTS, ...settings }),
      (error) => {
        assert(error instanceof LifecycleError);
        assert.deepEqual([error.code, error.retryable], ['plan_refused', false]);
        assert.equal(error.message, `The parts cannot be started: ${problems.join('; ')}.`);
        return true;
      },
    );
  });
}

void test('LC-07 the shares of the stop just fit, and leave a second of the ten that are granted', () => {
  assert.deepEqual(planOf([], { ...LIFECYCLE_DEFAULTS, finishMs: 4_500, stopMs: 9_000, graceMs: 10_000 }), []);
  const { announceMs, finishMs, handOverMs, flushMs, releaseMs, stopPartsMs } = LIFECYCLE_DEFAULTS;
  assert.equal(announceMs + finishMs + handOverMs + flushMs + releaseMs + stopPartsMs, 8_500);
});
