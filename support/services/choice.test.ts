import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chosenProviders } from './choice';

test('what is not named is embedded', () => {
  const embedded = { postgres: 'embedded', redis: 'embedded', clickhouse: 'embedded' };
  assert.deepEqual(chosenProviders(undefined), embedded);
  assert.deepEqual(chosenProviders(''), embedded);
  assert.deepEqual(chosenProviders('redis=external'), { ...embedded, redis: 'external' });
});

test('one for all, and exceptions after it', () => {
  assert.deepEqual(chosenProviders('containers, clickhouse=embedded'), {
    postgres: 'containers',
    redis: 'containers',
    clickhouse: 'embedded',
  });
});

test('a misspelt word is named, with the words that are known', () => {
  assert.throws(
    () => chosenProviders('docker'),
    /SPEC_SERVICES knows no provider "docker".*embedded, containers, external/,
  );
  assert.throws(
    () => chosenProviders('mysql=embedded'),
    /knows no service "mysql" \(it knows postgres, redis, clickhouse\)/,
  );
  assert.throws(() => chosenProviders('redis=embedded=x'), /knows no provider/);
});
