import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coalesced } from './coalesced.mjs';

void test('WS-20 however many threads are made elsewhere at once, the list is read once at a time and once more', async () => {
  const readings: PromiseWithResolvers<void>[] = [];
  const load = coalesced(() => {
    const reading = Promise.withResolvers<void>();
    readings.push(reading);
    return reading.promise;
  });
  const all = [load(), ...Array.from({ length: 100 }, () => load())];
  assert.equal(readings.length, 1);
  readings[0]?.resolve();
  await new Promise(setImmediate);
  assert.equal(readings.length, 2);
  readings[1]?.resolve();
  await Promise.all(all);
  assert.equal(readings.length, 2);
  void load();
  assert.equal(readings.length, 3);
});

void test('WS-20 a reading that fails is told to whoever asked, and the next one is made', async () => {
  let tries = 0;
  const load = coalesced(async () => {
    tries += 1;
    await Promise.resolve();
    if (tries === 1) throw new Error('unreachable');
  });
  await assert.rejects(load(), /unreachable/);
  await load();
  assert.equal(tries, 2);
});
