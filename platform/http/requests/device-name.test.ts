import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceNameOf } from './device-name';

for (const [name, said] of [
  ['Firefox on Linux', 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0'],
  [
    'Chrome on Windows',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  ],
  [
    'Microsoft Edge on Windows',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0',
  ],
  [
    'Safari on macOS',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
  ],
  [
    'Safari on iOS',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1',
  ],
  [
    'Chrome on Android',
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36',
  ],
  [undefined, 'axios/1.21.1'],
  [undefined, 'curl/8.14.1'],
  [undefined, 'python-requests/2.32.5'],
  [undefined, 'Linux'],
  [undefined, 'dana-of-acme/1.0 (Linux)'],
  [undefined, `${'x'.repeat(500)}/ Linux`],
  [undefined, ''],
  [undefined, undefined],
  [undefined, '<script>alert(1)</script>'],
] as const) {
  void test(`AU-04 a device is called by its browser and system, and nothing else of what it says is kept: ${said?.slice(0, 200)}`, () => {
    assert.equal(deviceNameOf({ headers: { 'user-agent': said } }), name);
  });
}

for (const [what, length, name] of [
  ['in the first 512 characters', 512, 'Firefox on Linux'],
  ['behind them', 513, undefined],
] as const) {
  void test(`AU-04 what is endless is looked at for its beginning only: a browser that is named ${what}`, () => {
    const said = `Mozilla/5.0 (X11; Linux x86_64) ${'Firefox'.padStart(length - 32)}${'!'.repeat(50_000)}`;
    assert.equal(deviceNameOf({ headers: { 'user-agent': said } }), name);
  });
}
