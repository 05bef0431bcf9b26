import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemRandom, type Random } from '../../kernel';
import { backupCodeIn, newBackupCodes } from './backup-codes';

/** Bytes one after the other, from 0 to 255 and on. */
function counting(): Random {
  let next = 0;
  return { bytes: (length) => Uint8Array.from({ length }, () => next++ % 256) };
}

test('AU-09 a set has ten codes of ten letters and digits, in two halves, that nobody mistakes for each other', () => {
  assert.deepEqual(newBackupCodes(counting()), [
    ...['01234-56789', 'abcde-fghjk', 'mnpqr-stvwx', 'yz012-34567', '89abc-defgh'],
    ...['jkmnp-qrstv', 'wxyz0-12345', '6789a-bcdef', 'ghjkm-npqrs', 'tvwxy-z0123'],
  ]);
});

test('AU-09 each code of a set is itself once it is typed', () => {
  for (const code of newBackupCodes(systemRandom)) assert.equal(backupCodeIn(code), code.replace('-', ''));
});

for (const [what, typed, code] of [
  ['in capitals', 'K3V9Q-0XW7M', 'k3v9q0xw7m'],
  ['without the hyphen', 'k3v9q0xw7m', 'k3v9q0xw7m'],
  ['with blanks and hyphens anywhere', ' k3 v9q--0xw\t7m\n', 'k3v9q0xw7m'],
  ['the letters o, i and l for digits', 'OoIiL-l0xw7', '0011110xw7'],
  ['forty characters, most of them blanks', `k3v9q0xw7m${' '.repeat(30)}`, 'k3v9q0xw7m'],
  ['forty-one', `k3v9q0xw7m${' '.repeat(31)}`, undefined],
  ['one letter less', 'k3v9q-0xw7', undefined],
  ['one letter more', 'k3v9q-0xw7m8', undefined],
  ['a letter that no code has', 'k3v9q-0xw7u', undefined],
  ['a code of an app', '123456', undefined],
  ['nothing', '', undefined],
] as const) {
  test(`AU-09 a backup code is read however it is typed, and nothing else is one: ${what}`, () => {
    assert.equal(backupCodeIn(typed), code);
  });
}
