import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { plainFault } from './plain-fault';

for (const [what, schema, value, words] of [
  ['no text', z.string(), 7, 'must be text'],
  ['no number', z.number(), 'x', 'must be a whole number'],
  ['a part of one', z.int(), 1.5, 'must be a whole number'],
  ['neither yes nor no', z.boolean(), 'x', 'must be true or false'],
  ['no list', z.array(z.string()), 'x', 'must be a list'],
  ['no object', z.object({}), 'x', 'must be an object'],
  ['no day', z.date(), 'x', 'must be of the type date'],
  ['nothing', z.string(), undefined, 'is missing'],
  ['no word of several', z.enum(['a', 'b']), 'c', 'must be one of: a, b'],
  ['nothing where one of several stands', z.enum(['a', 'b']), undefined, 'is missing'],
  ['an empty text', z.string().min(1), '', 'is empty'],
  ['an empty list', z.array(z.string()).min(2), [], 'needs at least 2'],
  ['too small a number', z.int().min(3), 2, 'must be 3 or more'],
  ['too long a text', z.string().max(2), 'abc', 'is longer than 2 characters'],
  ['too long a list', z.array(z.string()).max(1), ['a', 'b'], 'holds more than 1'],
  ['too large a number', z.int().max(3), 4, 'must be 3 or less'],
  ['no instant', z.iso.datetime(), 'yesterday', 'must be an instant in UTC such as 2026-05-01T12:00:00Z'],
  ['no address', z.email(), 'x', 'is malformed'],
  ['another field', z.strictObject({}), { ['x'.repeat(50)]: 1 }, `has a field that is not known: ${'x'.repeat(40)}`],
  ['what a rule of its own refuses', z.string().refine(() => false, 'is odd'), 'x', 'is odd'],
  ['what a rule without words refuses', z.string().refine(() => false), 'x', 'is not valid'],
] as const) {
  void test(`CH-03 a fault is told in plain words, and never the value: ${what}`, () => {
    const { error } = schema.safeParse(value, { error: plainFault });
    assert.equal(error?.issues[0]?.message, words);
  });
}
