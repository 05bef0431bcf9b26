import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keysOverSlots, slotOf, SLOTS } from './slots';

// As `cluster-key-slot`, which ioredis uses, says; but for empty braces, where Redis' specification hashes all of the key.
for (const [key, slot] of [
  ['123456789', 12_739],
  ['{user1000}.following', 3_443],
  ['foo{}{bar}', 8_363],
  ['foo{{bar}}zap', 4_015],
  ['foo{bar}{zap}', 5_061],
  ['foo}{bar', 7_624],
  ['foo}bar', 7_223],
  ['{}', 15_257],
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
