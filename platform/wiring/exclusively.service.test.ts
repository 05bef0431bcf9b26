import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Barrier } from '../../support/module-tests/barrier';
import { administrator } from '../../support/module-tests/company-settings';
import { stores } from '../../support/module-tests/stores';
import { exclusivelyIn } from './exclusively';

void test('CH-08 work of which a company has one piece at a time waits for that of no other company', async () => {
  const db = await stores.database();
  const alone = exclusivelyIn(() => db, 'a test');
  const [acme, birch] = [administrator(), administrator()];
  using barrier = new Barrier();
  const first = alone(acme, barrier.pass);
  await barrier.reached;
  const begun: string[] = [];
  const second = alone(acme, () => Promise.resolve(begun.push('the second of Acme')));
  await alone(birch, () => Promise.resolve(begun.push('the first of Birch')));
  assert.deepEqual(begun, ['the first of Birch']);
  barrier.open();
  await Promise.all([first, second]);
  assert.deepEqual(begun, ['the first of Birch', 'the second of Acme']);
});
