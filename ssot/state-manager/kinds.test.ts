import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import type { Scope } from './contract';
import { assertLifetime, defineState, lifetimeOf } from './kinds';

const schema = z.unknown();
defineState({ name: 'kinds-test-taken', scope: 'thread', schema });

for (const [name, kind, message] of [
  ['taken', 'kinds-test-taken', 'The kind of state "kinds-test-taken" is declared already.'],
  ['capitals', 'Note', /use up to 64 of a-z, 0-9 and -/],
  ['a space', 'note of mine', /use up to 64/],
  ['a digit first', '1note', /use up to 64/],
  ['65 characters', 'n'.repeat(65), /use up to 64/],
  ['empty', '', /use up to 64/],
] as const) {
  void test(`ST-02 a kind is declared once, under a plain name: ${name}`, () => {
    const error = { code: 'state_invalid_key', field: 'name', message };
    assert.throws(() => defineState({ name: kind, scope: 'thread', schema }), error);
  });
}

void test('ST-02 a name of 64 characters is the longest', () => {
  const name = `kinds-test-${'n'.repeat(53)}`;
  assert.equal(defineState({ name, scope: 'thread', schema }).name, name);
});

void test('ST-06 a kind with an impossible lifetime is refused when it is declared', () => {
  const short = { name: 'kinds-test-short', scope: 'thread', schema, lifetimeMs: 999 } as const;
  assert.throws(() => defineState(short), { code: 'state_invalid_lifetime', field: 'lifetimeMs' });
});

for (const [scope, ms] of [
  ['device', 30 * 60_000],
  ['run', 3_600_000],
  ['session', 12 * 3_600_000],
  ['thread', 24 * 3_600_000],
  ['user', 7 * 24 * 3_600_000],
  ['tenant', 7 * 24 * 3_600_000],
] as const satisfies readonly (readonly [Scope, number])[]) {
  void test(`ST-06 a kind that names no lifetime gets that of its scope: ${scope}`, () => {
    assert.equal(lifetimeOf({ name: 'any', scope, schema }), ms);
    assert.equal(lifetimeOf({ name: 'any', scope, schema, lifetimeMs: 5_000 }), 5_000);
  });
}

for (const ms of [0, -1, 999, 1_000.5, 2_592_000_001, Number.NaN, Number.POSITIVE_INFINITY]) {
  void test(`ST-06 a lifetime of ${ms} milliseconds is refused`, () => {
    assert.throws(() => assertLifetime(ms), { code: 'state_invalid_lifetime', field: 'lifetimeMs' });
  });
}

void test('ST-06 one second is the shortest lifetime, 30 days the longest', () => {
  assertLifetime(1_000);
  assertLifetime(2_592_000_000);
});
