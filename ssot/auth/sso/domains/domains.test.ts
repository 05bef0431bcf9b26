import assert from 'node:assert/strict';
import { test } from 'node:test';
import { domainOf, readDomain, recordOf } from './domains';

const LONGEST = `${'a.'.repeat(123)}example`;

for (const [written, domain] of [
  ['acme.example', 'acme.example'],
  ['a.b', 'a.b'],
  ['a-b--c.example-1', 'a-b--c.example-1'],
  ['1.2ab', '1.2ab'],
  [`${'a'.repeat(63)}.${'b'.repeat(63)}`, `${'a'.repeat(63)}.${'b'.repeat(63)}`],
  [LONGEST, LONGEST],
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
  ['a dot before it', '.acme.example'],
  ['an empty label', 'acme..example'],
  ['a hyphen at the edge', '-acme.example'],
  ['a hyphen at the end of a label', 'acme-.example'],
  ['a hyphen at the very end', 'acme.example-'],
  ['a hyphen before the last label', 'acme.-example'],
  ['an address in hexadecimal', '0x7f.1'],
  ['a label of 64', `${'a'.repeat(64)}.example`],
  ['a last label of 64', `acme.${'a'.repeat(64)}`],
  ['254 characters', `${LONGEST}s`],
] as const) {
  test(`AU-08 what is no domain is refused: ${what}`, () => {
    assert.throws(() => readDomain(written), { code: 'invalid_input', field: 'domain' });
  });
}

test('AU-08 a company shows that a domain is theirs by a text at a name of its own', () => {
  assert.deepEqual(recordOf('acme.example', 'T0ken'), {
    name: '_agent-chat.acme.example',
    value: 'agent-chat-domain=T0ken',
  });
});

for (const [email, domain] of [
  ['dana@acme.example', 'acme.example'],
  ['Dana@ACME.example', 'acme.example'],
  ['dana@mail.acme.example', 'mail.acme.example'],
  ['"dana@acme.example"@evil.example', 'evil.example'],
  ['dana@acme.example@evil.example', 'evil.example'],
  [`dana@${LONGEST}`, LONGEST],
  [`dana@${LONGEST}s`, undefined],
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
