import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkOf } from './network';

const cases: readonly (readonly [string, string, string])[] = [
  ['IPv4 is one address', '203.0.113.66', '203.0.113.66'],
  ['IPv4 written as IPv6 is the same one', '::ffff:203.0.113.66', '203.0.113.66'],
  ['IPv4 written as hexadecimal IPv6 is the same one', '::ffff:cb00:7142', '203.0.113.66'],
  ['IPv6 counts by its /64', '2001:db8:1:2:aaaa:bbbb:cccc:dddd', '2001:db8:1:2::/64'],
  ['a neighbour in the same /64 is the same one', '2001:db8:1:2::1', '2001:db8:1:2::/64'],
  ['the next /64 is another one', '2001:db8:1:3::1', '2001:db8:1:3::/64'],
  ['a zone is no part of the address', 'fe80::1%eth0', 'fe80::/64'],
  ['the longest address that can be written', `fe80::1%${'e'.repeat(92)}`, 'fe80::/64'],
  ['what is longer than any address is one that is not known', `fe80::1%${'e'.repeat(93)}`, 'unknown'],
  ['what is no address is one that is not known', 'unix:/tmp/socket', 'unknown'],
  ['nothing is one that is not known', '', 'unknown'],
];

for (const [what, address, network] of cases) {
  test(`AU-05 ${what}: ${address || 'empty'}`, () => assert.equal(networkOf(address), network));
}
