import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import { HABIT, NOTE, SHARED } from '../../world/modules/state-manager/kinds';
import { createIdSource } from '../id-manager';
import {
  KeyRing,
  noMetrics,
  silentLogger,
  systemClock,
  systemRandom,
  vouchFor,
  type DurableStore,
  type TenantContext,
  type UserId,
} from '../kernel';
import { openStateManager } from './state-manager';
import type { StateManager } from './contract';

const machine = { clock: systemClock, random: systemRandom, logger: silentLogger, metrics: noMetrics };
const ids = createIdSource(machine);
const dana = vouchFor({
  ...{ tenantId: ids.next('tenant'), userId: ids.next('user'), plan: 'enterprise', permissions: ['chat:use'] },
});
const at = { id: 'Q3 spend' };
const slots = { scope: 'tenant', name: 'answers' } as const;

/** Opens a state manager whose stores fail the test when they are asked. */
async function refusing(
  call: (state: StateManager) => unknown,
  expected: { code: string; field?: string; message?: string },
): Promise<void> {
  const redis = new Redis('redis://127.0.0.1:1', { lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => undefined);
  const asked = (): never => assert.fail('PostgreSQL was asked');
  const durable: DurableStore = {
    ...{ load: asked, apply: asked, page: asked, clear: asked, sweep: asked, behindMs: 0 },
    subscribe: () => ({ [Symbol.asyncDispose]: () => Promise.resolve() }),
  };
  const keys = new KeyRing([{ id: 'test', key: randomBytes(32) }]);
  await using state = await openStateManager({ redis, durable, keys, ...machine });
  await assert.rejects(async () => call(state), expected);
  assert.equal(redis.status, 'wait', 'Redis was asked');
  redis.disconnect();
}

const calls: readonly (readonly [string, (state: StateManager, ctx: TenantContext) => unknown])[] = [
  ['get', (state, ctx) => state.get(ctx, NOTE, at)],
  ['put', (state, ctx) => state.put(ctx, NOTE, at, 1)],
  ['update', (state, ctx) => state.update(ctx, NOTE, at, () => 1)],
  ['remove', (state, ctx) => state.remove(ctx, NOTE, at)],
  ['list', (state, ctx) => state.list(ctx, NOTE)],
  ['clear', (state, ctx) => state.clear(ctx, { user: dana.userId })],
  ['takeSlot', (state, ctx) => state.takeSlot(ctx, slots, { limit: 1, leaseMs: 5_000 })],
  ['hint', (state, ctx) => state.hint({ ctx, scope: 'thread', id: 'a' })],
  ['onHint', (state, ctx) => state.onHint({ ctx, scope: 'thread', id: 'a' }, () => undefined)],
];
for (const [name, identity] of [
  ['no identity', undefined],
  ['the id of a user alone', dana.userId],
  ['a look-alike of an identity', { ...dana }],
] as const) {
  for (const [call, make] of calls) {
    void test(`ST-03 without a verified identity nothing is asked: ${call} with ${name}`, () =>
      refusing((state) => make(state, identity as unknown as TenantContext), { code: 'context_unverified' }));
  }
}

for (const [name, call, code, field] of [
  ['a place without a thread', (state) => state.get(dana, NOTE, {}), 'state_invalid_key', 'id'],
  ['a write to such a place', (state) => state.put(dana, NOTE, {}, 1), 'state_invalid_key', 'id'],
  ['an id that the scope has none for', (state) => state.put(dana, HABIT, at, 1), 'state_invalid_key', 'id'],
  [
    'clearing an unnamed session',
    (state) => state.clear(dana, { scope: 'session', id: '' }),
    'state_invalid_key',
    'id',
  ],
  ['an unfaithful value', (state) => state.put(dana, NOTE, at, Number.NaN), 'state_invalid_value', 'value'],
  ['a nameless write', (state) => state.put(dana, NOTE, at, 1, { writeId: '' }), 'state_invalid_key', 'writeId'],
  [
    'a nameless pool',
    (state) => state.takeSlot(dana, { scope: 'tenant', name: '' }, { limit: 1, leaseMs: 5_000 }),
    'state_invalid_key',
    'name',
  ],
  ['a hint to a nameless part', (state) => state.hint({ platform: '' }), 'state_invalid_key', 'platform'],
  ['a hint to nobody', (state) => state.hint({ ctx: dana, scope: 'user', id: '' }), 'state_invalid_key', 'id'],
  [
    'a list of what no item can begin with',
    (state) => state.list(dana, NOTE, { itemPrefix: 'x'.repeat(129) }),
    'state_invalid_key',
    'itemPrefix',
  ],
  [
    'half a second',
    (state) => state.put(dana, NOTE, at, 1, { lifetimeMs: 500 }),
    'state_invalid_lifetime',
    'lifetimeMs',
  ],
] as const satisfies readonly (readonly [string, (state: StateManager) => unknown, string, string])[]) {
  void test(`ST-02 what cannot be stored is refused before a store is asked: ${name}`, () =>
    refusing(call, { code, field }));
}

for (const limit of [0, 201, 1.5]) {
  void test(`ST-07 a page of ${limit} entries is refused`, () =>
    refusing((state) => state.list(dana, NOTE, { limit }), { code: 'state_invalid_query', field: 'limit' }));
}

for (const [name, write] of [
  ['writing', (state) => state.put(dana, SHARED, {}, 1)],
  ['removing', (state) => state.remove(dana, SHARED, {})],
] as const satisfies readonly (readonly [string, (state: StateManager) => unknown])[]) {
  void test(`ST-03 changing what the tenant shares needs the permission: ${name}`, () =>
    refusing(write, {
      code: 'state_forbidden',
      message: 'Changing what the tenant shares needs the permission "settings:write". Ask an administrator for it.',
    }));
}

for (const [name, terms, code, field] of [
  ['no slots', { limit: 0, leaseMs: 30_000 }, 'state_invalid_value', 'limit'],
  ['half a slot', { limit: 1.5, leaseMs: 30_000 }, 'state_invalid_value', 'limit'],
  ['a lease below five seconds', { limit: 10, leaseMs: 4_999 }, 'state_invalid_lifetime', 'leaseMs'],
  ['a lease above five minutes', { limit: 10, leaseMs: 300_001 }, 'state_invalid_lifetime', 'leaseMs'],
] as const) {
  void test(`ST-12 impossible terms of a slot are refused: ${name}`, () =>
    refusing((state) => state.takeSlot(dana, slots, terms), { code, field }));
}

void test('ST-12 a hint of 1,025 bytes is refused: it says where to look, not what is there', () =>
  refusing((state) => state.hint({ ctx: dana, scope: 'thread', id: 'a' }, 'x'.repeat(1_023)), {
    ...{ code: 'state_too_large', field: 'note' },
    message: 'A hint has at most 1024 bytes; send where to look, not what is there.',
  }));

void test('ST-11 whoever is erased has to be named', () =>
  refusing((state) => state.clear(vouchFor({ ...dana, permissions: ['people:manage'] }), { user: '' as UserId }), {
    ...{ code: 'state_invalid_key', field: 'userId' },
    message: 'userId must have 1 to 128 characters of well-formed text.',
  }));

void test('ST-11 erasing somebody else needs the permission', () =>
  refusing((state) => state.clear(dana, { user: ids.next('user') }), {
    code: 'state_forbidden',
    message: 'Clearing somebody else\'s state needs the permission "people:manage". Ask an administrator for it.',
  }));

void test('ST-02 whoever names what the context says already is told to leave it out', () =>
  refusing((state) => state.get(dana, HABIT, at), {
    ...{ code: 'state_invalid_key', field: 'id' },
    message: 'The scope "user" is the context\'s own; leave id out.',
  }));
