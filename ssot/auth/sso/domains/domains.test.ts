import assert from 'node:assert/strict';
import { test } from 'node:test';
import { domainOf, readDomain } from './domains';

for (const [written, domain] of [
  ['acme.example', 'acme.example'],
  ['ACME.Example', 'acme.example'],
  [' acme.example ', 'acme.example'],
  ['mail.acme.example', 'mail.acme.example'],
  ['ａcme.example', 'acme.example'],
  ['bücher.example', 'xn--bcher-kva.example'],
  // Cyrillic "а": another domain than the one that it looks like.
  ['аcme.example', 'xn--cme-5cd.example'],
] as const) {
  test(`AU-08 a domain has one spelling: ${written}`, () => assert.equal(readDomain(written), domain));
}

for (const [what, written] of [
  ['empty', ''],
  ['one label', 'example'],
  ['a trailing dot', 'acme.example.'],
  ['an address', '192.0.2.1'],
  ['an IPv6 address', '2001:db8::1'],
  ['digits at the end', 'acme.123'],
  ['a blank inside', 'acme .example'],
  ['a path', 'acme.example/x'],
  ['a port', 'acme.example:443'],
  ['an e-mail', 'dana@acme.example'],
  ['a wildcard', '*.acme.example'],
  ['an underscore', '_agent-chat.acme.example'],
  ['a hyphen at the edge', '-acme.example'],
  ['a label of 64', `${'a'.repeat(64)}.example`],
  ['254 characters', `${'a.'.repeat(124)}exampl`],
] as const) {
  test(`AU-08 what is no domain is refused: ${what}`, () => {
    assert.throws(() => readDomain(written), { code: 'invalid_input', field: 'domain' });
  });
}

for (const [email, domain] of [
  ['dana@acme.example', 'acme.example'],
  ['Dana@ACME.example', 'acme.example'],
  ['dana@mail.acme.example', 'mail.acme.example'],
  ['"dana@acme.example"@evil.example', 'evil.example'],
  ['dana@acme.example@evil.example', 'evil.example'],
  ['dana@acme.example.', undefined],
  ['dana@аcme.example', undefined],
  ['acme.example', undefined],
  ['dana@', undefined],
  ['', undefined],
] as const) {
  test(`AU-08 an e-mail is of the domain behind its last "@" and of no other: ${email}`, () => {
    assert.equal(domainOf(email), domain);
  });
}
