import { deepEqual, equal } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { asJson, truncate, truncateNote, truncateText } from './truncation';

const x = (length: number): string => 'x'.repeat(length);

describe('what is shown', () => {
  for (const [length, shown] of [
    [499, 499],
    [500, 500],
    [501, 500],
    [5_000, 500],
  ] as const) {
    test(`AG-13 of a note of ${length} characters is ${shown} long, with a mark where it is cut`, () => {
      const note = truncateNote(x(length));
      equal(note, length > 500 ? `${x(499)}…` : x(length));
      equal(note.length, shown);
    });
  }

  for (const [what, most] of [
    ['input', 1_000],
    ['result', 4_096],
    ['kept', 1_048_576],
  ] as const) {
    test(`AG-13 of the JSON of ${what} is ${most} characters at most, and what is cut is said to be more`, () => {
      // In quotes, it is two characters longer.
      const fits = x(most - 2);
      deepEqual(truncate(what, fits), { shown: fits, more: false });
      deepEqual(truncate(what, [fits]), { shown: `["${fits}"]`.slice(0, most) + '…', more: true });
      deepEqual(truncate(what, `${fits}x`), { shown: `"${fits}x…`, more: true });
    });
  }

  for (const [text, max, shown] of [
    ['abc', 3, 'abc'],
    ['abcd', 3, 'abc…'],
    ['ab😀d', 3, 'ab…'],
    ['a😀cd', 3, 'a😀…'],
    ['😀😀😀', 4, '😀😀…'],
    ['😀😀😀', 5, '😀😀…'],
  ] as const) {
    test(`AG-13 no character is cut in half: ${max} of ${text}`, () => equal(truncateText(text, max), shown));
  }

  test('AG-13 travels as JSON, and without what PostgreSQL cannot keep', () => {
    const value = { text: 'a\0b', half: '\ud83d', whole: '😀', list: ['\0', 1, null, true], none: undefined };
    deepEqual(asJson(value), { text: 'a\ufffdb', half: '\ufffd', whole: '😀', list: ['\ufffd', 1, null, true] });
  });
});
