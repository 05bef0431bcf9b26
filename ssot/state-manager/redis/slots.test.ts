import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keysOverSlots, slotOf, SLOTS } from './slots';

// The first two from Redis' own documentation of its cluster.
for (const [key, slot] of [
  ['123456789', 0x31c3 % SLOTS],
  ['{user1000}.following', slotOf('user1000')],
  ['foo{}{bar}', slotOf('foo{}{bar}')],
  ['foo{{bar}}zap', slotOf('{bar')],
  ['foo{bar}{zap}', slotOf('bar')],
] as const) {
  void test(`ST-03 the slot of a key is what Redis' cluster makes of it: ${key}`, () => {
    assert.equal(slotOf(key), slot);
  });
}

void test('ST-11 the keys that health writes stand in every sixteenth of the slots', () => {
  const parts = keysOverSlots('sm:~:health', 16).map((key) => Math.floor(slotOf(key) / (SLOTS / 16)));
  assert.deepEqual(
    parts.toSorted((a, b) => a - b),
    [...Array(16).keys()],
  );
});
