import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertProviderAddress, InternalIssuers, isPublicAddress } from './provider-address';

const NONE = new InternalIssuers([]);

for (const address of ['1.1.1.1', '93.184.216.34', '2606:4700:4700::1111', '::ffff:1.1.1.1']) {
  test(`AU-08 a public address is asked: ${address}`, () => assert.equal(isPublicAddress(address), true));
}

for (const [what, address] of [
  ['loopback', '127.0.0.1'],
  ['another loopback', '127.8.8.8'],
  ['nobody', '0.0.0.0'],
  ['private, 10', '10.1.2.3'],
  ['private, 172.16', '172.16.0.1'],
  ['private, 192.168', '192.168.1.1'],
  ['carrier-grade', '100.64.0.1'],
  ['link-local, where clouds keep credentials', '169.254.169.254'],
  ['multicast', '224.0.0.1'],
  ['broadcast', '255.255.255.255'],
  ['IPv6 loopback', '::1'],
  ['IPv6 nobody', '::'],
  ['IPv6 link-local', 'fe80::1'],
  ['IPv6 unique local', 'fd00::1'],
  ['loopback written as IPv6', '::ffff:127.0.0.1'],
  ['private written as IPv6', '::ffff:a00:1'],
  ['loopback through NAT64', '64:ff9b::7f00:1'],
  ['loopback through 6to4', '2002:7f00:1::'],
  ['a name', 'localhost'],
  ['nothing', ''],
] as const) {
  test(`AU-08 an address of the platform’s own network is not public: ${what}`, () => {
    assert.equal(isPublicAddress(address), false);
  });
}

for (const [what, address, why] of [
  ['plain http', 'http://login.example', 'is not https'],
  ['no address', 'login.example', 'is no address'],
  ['credentials', 'https://user:password@login.example', 'holds credentials'],
  ['a user', 'https://login.example@evil.example', 'holds credentials'],
  ['loopback', 'https://127.0.0.1/', 'is not on the public internet'],
  ['loopback in one number', 'https://2130706433/', 'is not on the public internet'],
  ['loopback in hexadecimal', 'https://0x7f.1/', 'is not on the public internet'],
  ['IPv6 loopback', 'https://[::1]/', 'is not on the public internet'],
  ['private', 'https://10.0.0.1/realms/acme', 'is not on the public internet'],
  ['link-local', 'https://169.254.169.254/latest/meta-data', 'is not on the public internet'],
  ['private written as IPv6', 'https://[::ffff:10.0.0.1]/', 'is not on the public internet'],
  ['a file', 'file:///etc/passwd', 'is not https'],
  ['a script', 'javascript:alert(1)', 'is not https'],
  ['a password alone', 'https://:password@login.example', 'holds credentials'],
] as const) {
  test(`AU-08 a provider is not asked there: ${what}`, () => {
    const advice = 'Use a provider with a public https address, or ask the operators of the platform.';
    assert.throws(() => assertProviderAddress(address, NONE), {
      ...{ code: 'issuer_refused', field: 'issuer', message: `The provider’s address ${why}. ${advice}` },
    });
  });
}

test('AU-08 an issuer that operators have named may stand in the platform’s network, and only its own place', () => {
  const internal = new InternalIssuers(['http://10.0.0.7:8080/realms/acme']);
  assert.equal(assertProviderAddress('http://10.0.0.7:8080/realms/acme/token', internal).port, '8080');
  for (const other of [
    'http://10.0.0.7/token',
    'https://10.0.0.7:8080/',
    'http://10.0.0.8:8080/',
    'http://login.example',
  ]) {
    assert.throws(() => assertProviderAddress(other, internal), { code: 'issuer_refused' });
  }
});

test('AU-08 a public https address is asked as it is', () => {
  assert.equal(
    assertProviderAddress('https://login.example/realms/acme', NONE).href,
    'https://login.example/realms/acme',
  );
});
