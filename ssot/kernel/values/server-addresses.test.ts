import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverAddresses } from './server-addresses';

for (const [name, written, servers] of [
  ['one server', 'redis://a:6379', ['redis://a:6379']],
  [
    'a login and a database',
    'postgres://u:p@a:1,b/db?x=1,2',
    ['postgres://u:p@a:1/db?x=1,2', 'postgres://u:p@b/db?x=1,2'],
  ],
  ['a comma and an @ in the password', 'redis://:p,1@2@a,b', ['redis://:p,1@2@a', 'redis://:p,1@2@b']],
  ['IPv6 and blanks', 'redis://[::1]:1, [::2]:2', ['redis://[::1]:1', 'redis://[::2]:2']],
  ['a socket', 'postgres://u:p@localhost/db?host=/a,b', ['postgres://u:p@localhost/db?host=/a,b']],
  ['a server left out', 'redis://a,', ['redis://a', 'redis://']],
  ['no address', 'a,b', ['a,b']],
] as const) {
  void test(`CF-04 each server of an address is an address of its own: ${name}`, () => {
    assert.deepEqual(serverAddresses(written), servers);
  });
}
