import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { counterIn, uuidIn } from '../../../world/modules/id-manager/typeid-standard';
import { noMetrics, silentLogger, systemRandom, type Id, type Random } from '../../kernel';
import { IdError } from '../errors';
import { createIdSource, type IdSource } from './id-source';

type Bytes = (length: number) => Uint8Array;

/** The machine's random source until it is broken; counts its calls. */
class BreakableRandom implements Random {
  trouble: Bytes | null = null;
  calls = 0;

  bytes(length: number): Uint8Array {
    this.calls += 1;
    return (this.trouble ?? systemRandom.bytes)(length);
  }
}

function sourceOn(clock: ControlledClock, random: Random = systemRandom): IdSource {
  return createIdSource({ clock, random, logger: silentLogger, metrics: noMetrics });
}

function give(source: IdSource, count: number): Id[] {
  return Array.from({ length: count }, () => source.next('thread'));
}

function assertUnique(ids: readonly Id[]): void {
  assert.equal(new Set(ids).size, ids.length);
}

function bytesInUse(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

void test('ID-01 one million ids of one source contain no repeat and keep less than 1 MB of memory', () => {
  const clock = new ControlledClock();
  const source = sourceOn(clock);
  let previous = source.next('thread');
  const before = bytesInUse();
  for (let i = 1; i < 1_000_000; i++) {
    if (i % 5_000 === 0) clock.advance(1);
    const id = source.next('thread');
    // Strictly ascending ids contain no repeat.
    assert(id > previous, `id ${i + 1} does not sort after the one before it`);
    previous = id;
  }
  assert(bytesInUse() - before < 1_000_000);
});

void test('ID-01 a source restarted within the same millisecond repeats none of 20,000 ids', () => {
  const clock = new ControlledClock();
  assertUnique([...give(sourceOn(clock), 20_000), ...give(sourceOn(clock), 20_000)]);
});

void test('ID-01 two instances resumed from one saved image differ from their first id on', () => {
  const recorded: Uint8Array[] = [];
  let isResumed = false;
  const copy = (): Random => {
    let position = 0;
    return {
      bytes: (length) =>
        isResumed ? systemRandom.bytes(length) : Uint8Array.from((recorded[position++] ??= systemRandom.bytes(length))),
    };
  };
  const clock = new ControlledClock();
  const copies = [sourceOn(clock, copy()), sourceOn(clock, copy())];
  assert.equal(new Set(copies.flatMap((source) => give(source, 1))).size, 1, 'the two are not copies of one another');
  isResumed = true;
  clock.advance(1);
  assertUnique(copies.flatMap((source) => give(source, 1)));
});

void test('ID-01 random bytes are fetched for many ids at once: 81 times for 10,000 ids in one millisecond', () => {
  const random = new BreakableRandom();
  give(sourceOn(new ControlledClock(), random), 10_000);
  assert.equal(random.calls, 81);
});

const REPEATED: Bytes = (length) => new Uint8Array(length).map((_, i) => i / 2);

const WEAK: readonly (readonly [trouble: string, bytes: Bytes, cause: string])[] = [
  [
    'fails',
    () => {
      throw new Error('no entropy available');
    },
    'failed',
  ],
  ['returns 1 byte too few', (length) => systemRandom.bytes(length - 1), 'returned too few bytes'],
  ['repeats itself', REPEATED, 'repeated itself'],
  [
    'repeats 64 bytes in two answers',
    (length) => {
      const bytes = systemRandom.bytes(length);
      bytes.set(new Uint8Array(64).fill(7), 128);
      return bytes;
    },
    'repeated itself',
  ],
  [
    'repeats 64 bytes in one answer',
    (length) => {
      const bytes = systemRandom.bytes(length);
      bytes.copyWithin(length - 64, 0, 64);
      return bytes;
    },
    'repeated itself',
  ],
];

for (const [trouble, bytes, cause] of WEAK) {
  void test(`ID-01 no id is given while the random source ${trouble}, and the instance is not fit to serve`, () => {
    const clock = new ControlledClock();
    const random = new BreakableRandom();
    const source = sourceOn(clock, random);
    give(source, 1);
    random.trouble = bytes;
    clock.advance(1);
    // A source that repeats an earlier answer can be noticed with its second answer only.
    attempt(source);
    clock.advance(1);
    assert.throws(() => source.next('thread'), { code: 'id_entropy_failed', retryable: true });
    assert.deepEqual(source.check(), {
      ok: false,
      cause: `The random source of this machine ${cause}, so no ids are given. Send customers to another instance.`,
    });
  });
}

function attempt(source: IdSource): void {
  try {
    source.next('thread');
  } catch (error) {
    assert(error instanceof IdError && error.code === 'id_entropy_failed');
  }
}

void test('ID-01 a random source that repeats itself from the start gives not a single id', () => {
  const random = new BreakableRandom();
  random.trouble = REPEATED;
  assert.throws(() => sourceOn(new ControlledClock(), random).next('thread'), {
    code: 'id_entropy_failed',
    retryable: true,
  });
});

void test('ID-01 ids are given again as soon as the random source has recovered', () => {
  const clock = new ControlledClock();
  const random = new BreakableRandom();
  const source = sourceOn(clock, random);
  give(source, 1);
  random.trouble = () => {
    throw new Error('no entropy available');
  };
  clock.advance(1);
  assert.throws(() => source.next('thread'), { code: 'id_entropy_failed' });
  random.trouble = null;
  assert.deepEqual(source.check(), { ok: true });
  give(source, 1);
});

const CLOCK_TROUBLES: readonly (readonly [
  trouble: string,
  run: (clock: ControlledClock, source: IdSource) => Id[],
  leadMs: number,
])[] = [
  ['is set back by 1 second', (clock, source) => setBack(clock, source, 1_000), 1_000],
  ['is set back by 10 minutes', (clock, source) => setBack(clock, source, 600_000), 600_000],
  ['stands still for 100,000 ids', (_, source) => give(source, 100_000), 0],
  [
    'advances in steps of 16 milliseconds',
    (clock, source) =>
      Array.from({ length: 100 }).flatMap(() => {
        clock.advance(16);
        return give(source, 20);
      }),
    0,
  ],
  [
    'goes 1 hour ahead and back again',
    (clock, source) => {
      clock.set(clock.now() + 3_600_000);
      return [...give(source, 1_000), ...setBack(clock, source, 3_600_000)];
    },
    3_600_000,
  ],
];

function setBack(clock: ControlledClock, source: IdSource, ms: number): Id[] {
  clock.set(clock.now() - ms);
  return give(source, 1_000);
}

for (const [trouble, run, leadMs] of CLOCK_TROUBLES) {
  void test(`ID-02 ids keep their order and stay unique while the clock ${trouble}`, () => {
    const clock = new ControlledClock();
    const source = sourceOn(clock);
    const ids = [...give(source, 10), ...run(clock, source)];
    assert.deepEqual(ids, ids.toSorted());
    assertUnique(ids);
    assert.equal(source.leadMs, leadMs);
  });
}

void test('ID-02 an instance whose ids run more than 10 minutes ahead is not fit to serve until the clock has caught up', () => {
  const clock = new ControlledClock();
  const source = sourceOn(clock);
  give(source, 10);
  setBack(clock, source, 600_001);
  assert.deepEqual(source.check(), {
    ok: false,
    cause: 'ids run 11 minutes ahead of the clock; at most 10 are allowed',
  });
  clock.advance(1);
  assert.deepEqual(source.check(), { ok: true });
  give(source, 1);
});

for (const [between, others] of [
  ['of two tenants', 0],
  ['with 50 other ids in between', 50],
] as const) {
  void test(`ID-03 the second of two ids, ${between}, cannot be derived from the first`, () => {
    const clock = new ControlledClock();
    const source = sourceOn(clock);
    const steps = Array.from({ length: 400 }, () => {
      const first = source.next('thread');
      for (let i = 0; i < others; i++) source.next('run');
      clock.advance(1);
      return counterIn(uuidIn(source.next('thread'))) - counterIn(uuidIn(first));
    });
    const ascending = steps.filter((step) => step > 0).length / steps.length;
    assert(ascending >= 0.35 && ascending <= 0.65, `${ascending} of the counters go up`);
    assert.deepEqual(
      steps.filter((step) => Math.abs(step) <= others + 1),
      [],
    );
  });
}
