import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import type { StateKind } from '../contract';
import { deserialize, serialize } from './value';

const ANY: StateKind<unknown> = { name: 'any', scope: 'thread', schema: z.unknown() };

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}

for (const [name, value] of [
  ['nothing', null],
  ['zero', 0],
  ['false', false],
  ['an empty list', []],
  ['accents, emoji, a zero character and half a character', 'Café für Zoë 💸 \u0000 \ud800'],
  ['ten levels of lists and objects', Array.from({ length: 10 }).reduce((inside) => ({ inside: [inside] }), 'bottom')],
  ['a hundred levels', nested(100)],
] as const) {
  void test(`ST-02 a value reads back exactly: ${name}`, () => {
    assert.deepEqual(deserialize(ANY, serialize(ANY, value), 1), value);
  });
}

void test('ST-02 any value that JSON can say reads back exactly', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false, maxDepth: 5 }), (value) => {
      const faithful: unknown = JSON.parse(JSON.stringify(value));
      assert.deepEqual(deserialize(ANY, serialize(ANY, faithful), 1), faithful);
    }),
    { numRuns: 300 },
  );
});

const loop: Record<string, unknown> = { step: 1 };
loop['again'] = loop;
for (const [name, value, message] of [
  ['a loop', { plan: loop }, 'value.plan.again: leads back into itself'],
  ['not-a-number', { plan: [1, Number.NaN] }, 'value.plan.1: NaN is not a number in JSON'],
  ['infinity', { plan: [1, Number.POSITIVE_INFINITY] }, 'value.plan.1: Infinity is not a number in JSON'],
  ['minus zero', { plan: [1, -0] }, 'value.plan.1: -0 is not a number in JSON'],
  ['a missing list item', { plan: [1, undefined] }, 'value.plan.1: undefined cannot be stored as JSON'],
  ['a hole in a list', { plan: new Array<unknown>(1) }, 'value.plan.0: undefined cannot be stored as JSON'],
  ['a missing entry', { plan: { step: undefined } }, 'value.plan.step: undefined cannot be stored as JSON'],
  ['a function', { plan: [1, () => 2] }, 'value.plan.1: function cannot be stored as JSON'],
  ['a date object', { plan: { due: new Date(0) } }, 'value.plan.due: is not a plain object'],
  ['a big integer', { plan: { tokens: 10n } }, 'value.plan.tokens: bigint cannot be stored as JSON'],
  ['101 levels', { plan: nested(100) }, /^value\.plan(\.0){99}: is nested deeper than 100 levels/],
] as const) {
  void test(`ST-02 a value that JSON would distort is refused, its place named: ${name}`, () => {
    const text = typeof message === 'string' ? `${message}. Nothing was written.` : message;
    assert.throws(() => serialize(ANY, value), { code: 'state_invalid_value', message: text });
  });
}

void test('ST-02 the same object at two places is no loop', () => {
  const shared = { model: 'large' };
  assert.equal(serialize(ANY, [shared, shared]), '[{"model":"large"},{"model":"large"}]');
});

void test("ST-02 a value of another shape than its kind's is refused, its place named", () => {
  const kind: StateKind<{ sum: number }> = { name: 'r', scope: 'thread', schema: z.strictObject({ sum: z.number() }) };
  const much = { sum: 'much' } as unknown as { sum: number };
  assert.throws(() => serialize(kind, much), { code: 'state_invalid_value', field: 'value.sum' });
});

void test('ST-02 256 KiB as JSON are the most, counted in bytes', () => {
  const euros = '€'.repeat(87_380);
  assert.equal(Buffer.byteLength(serialize(ANY, `${euros}xx`)), 262_144);
  const message = 'The value has 262145 bytes as JSON; at most 262144 are allowed. Nothing was written.';
  assert.throws(() => serialize(ANY, `${euros}xxx`), { code: 'state_too_large', field: 'value', message });
});

const sum = z.strictObject({ sum: z.number() });
const upgrade = (old: unknown): unknown => ({ sum: (old as { total: number }).total });
const today: StateKind<{ sum: number }> = { name: 'report', scope: 'thread', shape: 2, schema: sum };

void test('ST-02 an older shape is upgraded once, a same shape not at all', () => {
  assert.deepEqual(deserialize({ ...today, upgrade }, '{"total":45}', 1), { sum: 45 });
  assert.deepEqual(deserialize({ ...today, upgrade }, '{"sum":45}', 2), { sum: 45 });
});

for (const [name, kind, text, shape, message] of [
  [
    'older, without an upgrade',
    today,
    '{"total":45}',
    1,
    'an older release (shape 1) and the kind declares no upgrade',
  ],
  ['older, upgraded wrongly', { ...today, upgrade: () => ({ sum: '45' }) }, '{"total":45}', 1, 'expected number'],
  ['newer', { ...today, upgrade }, '{"sum":45}', 3, 'it was written by a newer release (shape 3, known 2)'],
] as const) {
  void test(`ST-02 a stored value of another shape is refused, never misread: ${name}`, () => {
    assert.throws(
      () => deserialize(kind, text, shape),
      (error: Error & { code?: string }) => error.code === 'state_shape_mismatch' && error.message.includes(message),
    );
  });
}
