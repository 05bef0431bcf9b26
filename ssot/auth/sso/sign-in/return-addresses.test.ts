import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertReturnAddress } from './return-addresses';

const REGISTERED = ['https://chat.example/', 'https://app.example/signed-in'];

for (const address of REGISTERED) {
  test(`AU-06 a registered address is returned to: ${address}`, () => {
    assert.equal(assertReturnAddress(address, REGISTERED), address);
  });
}

for (const [what, address] of [
  ['look-alike host', 'https://chat.examp1e/'],
  ['sub-domain', 'https://evil.chat.example/'],
  ['longer name', 'https://chat.example.evil.example/'],
  ['other port', 'https://chat.example:444/'],
  ['the usual port written out', 'https://chat.example:443/'],
  ['a name before an at-sign', 'https://chat.example@evil.example/'],
  ['no scheme', '//chat.example/'],
  ['plain http', 'http://chat.example/'],
  ['hidden line break', 'https://chat.example/\n'],
  ['hidden tab', 'https://chat.exa\tmple/'],
  ['backslash', 'https:\\\\chat.example/'],
  ['a path behind', 'https://chat.example/x'],
  ['a query', 'https://app.example/signed-in?next=https://evil.example'],
  ['a fragment', 'https://app.example/signed-in#x'],
  ['capitals', 'https://CHAT.example/'],
  ['nothing', ''],
] as const) {
  test(`AU-06 nobody is sent to what is not registered: ${what}`, () => {
    assert.throws(() => assertReturnAddress(address, REGISTERED), { code: 'invalid_input', field: 'returnTo' });
  });
}
