import assert from 'node:assert/strict';
import { test } from 'node:test';
import { partsOf } from './parts';

const FILES = [
  'ssot/auth/a.service.test.ts',
  'ssot/auth/a.test.ts',
  'ssot/auth/b.service.test.ts',
  'ssot/auth/b.test.ts',
  'ssot/state-persistence/customer-data/c.service.test.ts',
];

test('each process gets as many of those with stores as the other, and first what rewrites tables', () => {
  assert.deepEqual(partsOf(FILES, 2), [
    ['ssot/state-persistence/customer-data/c.service.test.ts', 'ssot/auth/b.service.test.ts', 'ssot/auth/b.test.ts'],
    ['ssot/auth/a.service.test.ts', 'ssot/auth/a.test.ts'],
  ]);
});

test('each file is run once, however many processes there are', () => {
  for (const processes of [1, 2, 3, 9]) assert.deepEqual(partsOf(FILES, processes).flat().sort(), FILES);
});
