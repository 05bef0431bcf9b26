import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathOf, secretOf } from './setup-code.mjs';

void test('AU-09 a code to scan is drawn square by square, where it is dark', () => {
  assert.equal(pathOf(['010', '001']), 'M1 0h1v1h-1zM2 1h1v1h-1z');
  assert.equal(pathOf([]), '');
});

void test('AU-09 what is typed instead of scanned reads in groups of four', () => {
  assert.equal(secretOf('otpauth://totp/Agent%20chat:user_1?issuer=Agent%20chat&secret=ABCDEFGHIJ'), 'ABCD EFGH IJ');
  assert.equal(secretOf('otpauth://totp/x?secret=ABCDEFGH'), 'ABCD EFGH');
});
