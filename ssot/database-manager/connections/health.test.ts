import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from './health';

const pool = { max: 15, inUse: 0, idle: 0, waiting: 0, opened: 0, lost: 0, refused: 0 };
const up = { state: 'up', latencyMs: 1 } as const;

void test('DB-09 up while nobody waits for a connection, however many are in use', () => {
  assert.deepEqual(judge(up, { ...pool, inUse: 15 }), up);
});

void test('DB-09 degraded as soon as somebody waits', () => {
  assert.deepEqual(judge(up, { ...pool, inUse: 15, waiting: 1 }), { ...up, state: 'degraded', cause: 'waited_for' });
});

void test('DB-09 what the measurement found is not covered by those who wait', () => {
  const down = { state: 'down', latencyMs: null, cause: 'no_answer' } as const;
  const slow = { state: 'degraded', latencyMs: 300, cause: 'slow' } as const;
  assert.deepEqual([judge(down, { ...pool, waiting: 9 }), judge(slow, { ...pool, waiting: 9 })], [down, slow]);
});
