import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020';
import fc from 'fast-check';
import { z } from 'zod';
import { plainText, threadTitle } from './plain-text';

for (const [name, schema] of [
  ['a message', plainText(10)],
  ['a title', threadTitle],
] as const) {
  void test(`WS-18 the published schema counts and sees as the platform does: ${name}`, () => {
    const published = new Ajv2020().compile(z.toJSONSchema(schema, { io: 'input' }));
    const unit = fc.constantFrom('a', '😀', ' ', '\u200b', '\u3164', 'e\u0301', '\n');
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 210 }), (units) => {
        const text = units.join('');
        assert.equal(published(text), schema.safeParse(text).success);
      }),
    );
  });
}

void test('WS-18 a title is kept without the blanks around it', () => {
  assert.equal(threadTitle.parse('  Q3 spend\n'), 'Q3 spend');
});

const REFUSED: readonly [what: string, text: string, says: string][] = [
  ['blanks', '  ', 'must not be blank'],
  ['a NUL character', 'Q3\0spend', 'must not contain a NUL character'],
  ['half an emoji', 'Q3 \ud83d', 'must not contain half a character'],
  ['a character too many', 'a'.repeat(201), 'must have at most 200 characters'],
];
for (const [what, text, says] of REFUSED) {
  void test(`WS-10 text that cannot be kept is refused with the reason: ${what}`, () => {
    for (const schema of [plainText(200), threadTitle]) {
      assert.deepEqual(
        schema.safeParse(text).error?.issues.map(({ message }) => message),
        [says],
      );
    }
  });
}
