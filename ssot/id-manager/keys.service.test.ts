import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { stores } from '../../support/module-tests/stores';
import { composeKey } from './keys';

for (const [name, owner, lookAlike] of [
  ['begins alike', 'Acme', 'Acme2'],
  ['a colon', 'Acme', 'Acme:1'],
  ['a search pattern', 'A*', 'Acme'],
] as const) {
  void test(`ID-06 removing all keys of one owner by pattern leaves a look-alike untouched: ${name}`, async () => {
    const redis = stores.redis();
    const space = `keys-${randomBytes(6).toString('hex')}`;
    const keysOf = (of: string): string[] => ['1', '2', '3'].map((record) => composeKey([space, of, record]));
    await redis.mset(...[...keysOf(owner), ...keysOf(lookAlike)].flatMap((key) => [key, 'kept']));
    const found: string[] = [];
    let cursor = '0';
    do {
      const [next, keys] = await redis.scan(cursor, 'MATCH', `${composeKey([space, owner])}:*`, 'COUNT', 10_000);
      found.push(...keys);
      cursor = next;
    } while (cursor !== '0');
    await redis.del(...found);
    assert.equal(await redis.exists(...keysOf(owner)), 0);
    assert.equal(await redis.exists(...keysOf(lookAlike)), 3);
    await redis.del(...keysOf(lookAlike));
  });
}
