import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { codePoints, isVisible, textProblem, VISIBLE_PATTERN } from './text';

for (const [name, text, length] of [
  ['letters', 'abc', 3],
  ['an emoji, which is two units', '😀', 1],
  ['a family, which is seven code points', '👨‍👩‍👧‍👦', 7],
  ['a letter and its mark', 'e\u0301', 2],
  ['half a character', '\ud83d', 1],
] as const) {
  void test(`WS-18 lengths are counted in code points: ${name}`, () => {
    assert.equal(codePoints(text), length);
  });
}

void test('WS-18 lengths are those of another way to count', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => assert.equal(codePoints(text), Array.from(text).length)),
  );
});

for (const text of [
  '',
  ' ',
  '\u00a0\u3000',
  '\u200b\u2060\ufeff',
  '\u202e\u2066',
  '\u115f\u3164',
  '\u2800',
  '\ufe0f',
  '\u0000\u001f',
  '\u007f\u0085',
  '\ufffe\uffff\u{1fffe}',
]) {
  void test(`WS-18 nothing is to be seen in ${JSON.stringify(text)}`, () => {
    assert.equal(isVisible(text), false);
    assert.equal(isVisible(`${text}.${text}`), true);
  });
}

void test('WS-18 the published pattern says the same', () => {
  const pattern = new RegExp(VISIBLE_PATTERN, 'u');
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => assert.equal(pattern.test(text), isVisible(text))));
});

for (const [name, text, problem] of [
  ['as long as it may be', '😀'.repeat(10), undefined],
  ['one too many', '😀'.repeat(11), 'must have at most 10 characters'],
  ['far too many', 'a'.repeat(1_000_000), 'must have at most 10 characters'],
  ['blank', '  ', 'must not be blank'],
  ['NUL', 'a\0', 'must not contain a NUL character'],
  ['half a character', 'a\udc00', 'must not contain half a character'],
] as const) {
  void test(`WS-18 what somebody wrote is taken or refused by name: ${name}`, () => {
    assert.equal(textProblem(text, 10), problem);
  });
}
