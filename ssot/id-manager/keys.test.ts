import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { composeKey, keyPart, splitKey } from './keys';

type Parts = readonly [string, ...string[]];

const LOOK_ALIKES: readonly (readonly [
  name: string,
  one: Parts,
  other: Parts,
  keyOfOne: string,
  keyOfOther: string,
])[] = [
  ['a colon in a part', ['a:b', 'c'], ['a', 'b:c'], 'a%3Ab:c', 'a:b%3Ac'],
  ['a percent sign', ['5%'], ['5%25'], '5%25', '5%2525'],
  ['already encoded text', ['a:b'], ['a%3Ab'], 'a%3Ab', 'a%253Ab'],
  ['a star', ['a'], ['a*'], 'a', 'a%2A'],
  ['a line break', ['a'], ['a\n'], 'a', 'a%0A'],
  ['composed and decomposed accents', ['\u00e9'], ['e\u0301'], '%C3%A9', 'e%CC%81'],
  ['parts shifted by one letter', ['ab', 'c'], ['a', 'bc'], 'ab:c', 'a:bc'],
  ['signs that other systems interpret', ['a.b'], ["!'()~"], 'a%2Eb', '%21%27%28%29%7E'],
  ['letters, digits, _ and -', ['Az09_-'], ['[?]'], 'Az09_-', '%5B%3F%5D'],
];

for (const [name, one, other, keyOfOne, keyOfOther] of LOOK_ALIKES) {
  void test(`ID-06 different parts never give the same key: ${name}`, () => {
    assert.deepEqual([composeKey(one), composeKey(other)], [keyOfOne, keyOfOther]);
    for (const parts of [one, other]) assert.deepEqual(splitKey(composeKey(parts)), { ok: true, value: parts });
  });
}

const anyCharacter = fc.nat({ max: 0x10f7ff }).map((n) => String.fromCodePoint(n < 0xd800 ? n : n + 0x800));
const special = fc.constantFrom(':', '%', '*', 'a', '3', 'A', '\n', ' ', '_', '-', '.');
const part = fc.string({ unit: fc.oneof(anyCharacter, special), minLength: 1, maxLength: 12 });
const list = fc.tuple(part, fc.array(part, { maxLength: 3 })).map(([first, rest]): Parts => [first, ...rest]);

void test('ID-06 any key splits into exactly the parts it was made of, and no two lists of parts share a key', () => {
  const listOf = new Map<string, string>();
  fc.assert(
    fc.property(list, (parts) => {
      const key = composeKey(parts);
      assert.deepEqual(splitKey(key), { ok: true, value: parts });
      assert.equal(listOf.get(key) ?? JSON.stringify(parts), JSON.stringify(parts));
      listOf.set(key, JSON.stringify(parts));
    }),
    { numRuns: 500 },
  );
});

void test('ID-06 a part of 128 characters is the longest', () => {
  const longest = 'x'.repeat(128);
  assert.deepEqual(splitKey(composeKey([longest])), { ok: true, value: [longest] });
});

for (const [name, text, reason] of [
  ['empty', '', 'must have 1 to 128 characters'],
  ['129 characters', 'x'.repeat(129), 'must have 1 to 128 characters'],
  ['half a character', 'x\ud83d', 'must be well-formed text'],
] as const) {
  void test(`ID-06 a part is refused: ${name}`, () => {
    const error = { code: 'id_bad_key', field: 'part', retryable: false, message: `"part" ${reason}.` };
    assert.throws(() => keyPart(text), error);
    assert.throws(() => composeKey(['a', text]), error);
  });
}

const BROKEN = 'is broken; build keys with composeKey only';
const MISSPELT = 'is not spelt as composeKey writes it';
for (const [name, key, reason] of [
  ['empty', '', BROKEN],
  ['an empty part', 'a::b', BROKEN],
  ['a broken escape', 'a%zz', BROKEN],
  ['a cut escape', '%C3', BROKEN],
  ['a needless escape', '%41', MISSPELT],
  ['an escape in small letters', 'a%3ab', MISSPELT],
  ['a sign that needs an escape', 'a b', MISSPELT],
] as const) {
  void test(`ID-06 a key is refused: ${name}`, () => {
    const split = splitKey(key);
    assert(!split.ok);
    const { code, field, retryable, message } = split.error;
    assert.deepEqual(
      { code, field, retryable, message },
      { code: 'id_bad_key', field: 'key', retryable: false, message: `"key" ${reason}.` },
    );
  });
}
