import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeAt, otpauthUri, stepAt, stepOfCode } from './totp';

/** The shared secret of both documents' test vectors. */
const SECRET = Buffer.from('12345678901234567890', 'ascii');

/** RFC 6238, appendix B, SHA-1: the last six of its eight digits. */
for (const [second, eightDigits] of [
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
] as const) {
  test(`AU-09 RFC 6238, appendix B: second ${second}`, () => {
    assert.equal(codeAt(SECRET, stepAt(second * 1_000)), eightDigits.slice(2));
  });
}

/** RFC 4226, appendix D. */
test('AU-09 RFC 4226, appendix D: the first ten codes', () => {
  const codes = Array.from({ length: 10 }, (_, counter) => codeAt(SECRET, counter));
  assert.deepEqual(codes, [
    ...['755224', '287082', '359152', '969429', '338314'],
    ...['254676', '287922', '162583', '399871', '520489'],
  ]);
});

const NOW = 1_764_400_015_000;
const step = stepAt(NOW);

for (const [what, of, isTaken] of [
  ['two steps back', step - 2, false],
  ['the previous one', step - 1, true],
  ['the present one', step, true],
  ['the next one', step + 1, true],
  ['two steps ahead', step + 2, false],
] as const) {
  test(`AU-09 a code counts one step either side of now: ${what}`, () => {
    const found = stepOfCode(SECRET, codeAt(SECRET, of), { now: NOW, lastStep: 0 });
    assert.equal(found, isTaken ? of : undefined);
  });
}

test('AU-09 a code counts once, and none before it does any more', () => {
  for (const earlier of [step - 1, step]) {
    assert.equal(stepOfCode(SECRET, codeAt(SECRET, earlier), { now: NOW, lastStep: step }), undefined);
  }
  assert.equal(stepOfCode(SECRET, codeAt(SECRET, step + 1), { now: NOW, lastStep: step }), step + 1);
});

const right = codeAt(SECRET, step);
for (const [what, code] of [
  ['full-width digits', right.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0))],
  ['Arabic digits', right.replace(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit)))],
  ['five digits', right.slice(1)],
  ['seven digits', `0${right}`],
  ['a blank behind', `${right} `],
  ['a line break behind', `${right}\n`],
  ['nothing', ''],
  ['letters', 'abcdef'],
] as const) {
  test(`AU-09 what is no six digits is no code: ${what}`, () => {
    assert.equal(stepOfCode(SECRET, code, { now: NOW, lastStep: 0 }), undefined);
  });
}

test('AU-09 an app is told all it needs', () => {
  const uri = new URL(otpauthUri(SECRET, { issuer: 'Agent chat', label: 'Acme' }));
  assert.deepEqual([uri.protocol, uri.host], ['otpauth:', 'totp']);
  assert.deepEqual(Object.fromEntries(uri.searchParams), {
    issuer: 'Agent chat',
    secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
    algorithm: 'SHA1',
    digits: '6',
    period: '30',
  });
});
