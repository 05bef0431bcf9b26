import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { TenantContext, TenantId, UserId } from '../kernel';
import type { At, Scope } from './contract';
import { atOf, hintChannel, keyOf, nameStart, redisKey, slotKey, tenantIdOf, tenantPrefix } from './keys';

const dana = { tenantId: 'acme' as TenantId, userId: 'dana' as UserId } as TenantContext;
const NOTE = { scope: 'thread', name: 'note' } as const;

for (const [name, mine, theirs] of [
  ['a colon', { id: 'a:b', item: 'c' }, { id: 'a', item: 'b:c' }],
  ['a slash', { id: 'a/b' }, { id: 'a%2Fb' }],
  ['braces', { id: '{a}' }, { id: 'a' }],
  ['a percent sign', { id: 'a%3Ab' }, { id: 'a:b' }],
  ['a tilde', { id: 'a', item: '~' }, { id: 'a' }],
  ['a line break', { id: 'a\nb' }, { id: 'ab' }],
] as const) {
  void test(`ST-03 an id that looks like another one leads to its own entry: ${name}`, () => {
    assert.notEqual(redisKey(keyOf(dana, NOTE, mine)), redisKey(keyOf(dana, NOTE, theirs)));
  });
}

void test('ST-03 no two places share a key, whatever they are called', () => {
  const part = fc.string({
    minLength: 1,
    maxLength: 6,
    unit: fc.constantFrom('a', ':', '%', '~', '{', '}', '/', '3', 'A'),
  });
  const where = fc.record({ tenantId: part, userId: part, id: part, item: fc.option(part, { nil: undefined }) });
  const placeOf = new Map<string, string>();
  fc.assert(
    fc.property(where, ({ tenantId, userId, id, item }) => {
      const ctx = { tenantId: tenantId as TenantId, userId: userId as UserId } as TenantContext;
      const key = keyOf(ctx, NOTE, item === undefined ? { id } : { id, item });
      const place = JSON.stringify([tenantId, userId, id, item]);
      assert.equal(placeOf.get(redisKey(key)) ?? place, place);
      placeOf.set(redisKey(key), place);
      assert.deepEqual(atOf(key.name), item === undefined ? { id } : { id, item });
      assert.equal(tenantIdOf(key.tenant), tenantId);
    }),
    { numRuns: 500 },
  );
});

void test('ST-03 what a tenant shares stands where no user of it can', () => {
  const key = keyOf(dana, { scope: 'tenant', name: 'shared' }, {});
  assert.equal(key.owner, '~');
  const tilde = { ...dana, userId: '~' as UserId };
  assert.notEqual(keyOf(tilde, { scope: 'user', name: 'shared' }, {}).owner, '~');
});

for (const [name, scope, at, field] of [
  ['no thread', 'thread', {}, 'id'],
  ['an empty thread', 'thread', { id: '' }, 'id'],
  ['a thread where the scope is the user', 'user', { id: 'Q3 spend' }, 'id'],
  ['half a character', 'thread', { id: '\ud800' }, 'id'],
  ['129 characters', 'thread', { id: 'n'.repeat(129) }, 'id'],
  ['an item without a name', 'thread', { id: 'Q3 spend', item: '' }, 'item'],
] as const) {
  void test(`ST-02 a place that cannot be told from others is refused, its part named: ${name}`, () => {
    assert.throws(() => keyOf(dana, { scope, name: 'note' }, at), { code: 'state_invalid_key', field });
  });
}

void test('ST-02 a name of 128 characters is the longest', () => {
  assert.equal(keyOf(dana, NOTE, { id: 'n'.repeat(128) }).name, `thread:${'n'.repeat(128)}:note:~`);
});

for (const [scope, id] of [
  ['session', 's'],
  ['thread', 't'],
  ['run', 'r'],
  ['device', 'd'],
  ['user', undefined],
  ['tenant', undefined],
] as const satisfies readonly (readonly [Scope, string | undefined])[]) {
  void test(`ST-07 a list is asked for by the beginning of its entries' names: ${scope}`, () => {
    const at: At = id === undefined ? { item: 'a*b' } : { id, item: 'a*b' };
    const { name } = keyOf(dana, { scope, name: 'note' }, at);
    const { start, middle } = nameStart({ scope, name: 'note' }, id, 'a*');
    assert.deepEqual([name.startsWith(start), middle], [true, '']);
    if (id === undefined) return;
    const open = nameStart({ scope, name: 'note' }, undefined, 'a*');
    assert.deepEqual([open.start, name.slice(`${scope}:${id}`.length).startsWith(open.middle)], [`${scope}:`, true]);
  });
}

void test('ST-12 slots and hints of one tenant, user, thread or name are never those of another', () => {
  const others = [dana, { ...dana, userId: 'ravi' as UserId }, { ...dana, tenantId: 'birch' as TenantId }] as const;
  const slots = others.map((ctx) => slotKey(ctx, { scope: 'user', name: 'answers' }));
  assert.equal(new Set([...slots, slotKey(dana, { scope: 'user', name: 'other' })]).size, 4);
  const shared = others.map((ctx) => slotKey(ctx, { scope: 'tenant', name: 'answers' }));
  assert.deepEqual([shared[0] === shared[1], shared[0] === shared[2]], [true, false]);
  const hints = others.map((ctx) => hintChannel({ ctx, scope: 'user' }));
  assert.equal(new Set([...hints, hintChannel({ ctx: dana, scope: 'thread', id: 'dana' })]).size, 4);
  const threads = others.map((ctx) => hintChannel({ ctx, scope: 'thread', id: 't' }));
  assert.deepEqual([threads[0] === threads[1], threads[0] === threads[2]], [true, false]);
  assert.notEqual(hintChannel({ platform: 'runs' }), hintChannel({ platform: 'lines' }));
});

void test('ST-03 all keys of a tenant begin with its prefix, and stand in one slot of a cluster', () => {
  assert.equal(tenantPrefix(dana), 'sm:{acme}:');
  assert.equal(redisKey(keyOf(dana, NOTE, { id: 'a' })), 'sm:{acme}:e:dana:thread:a:note:~');
});
