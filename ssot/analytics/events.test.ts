import assert from 'node:assert/strict';
import { test } from 'node:test';
import { vouchFor, type TenantId, type UserId } from '../kernel';
import type { UsageEvent } from './contract';
import { usageFromTemplate } from './dataset/template';
import { AnalyticsError } from './errors';
import { rowsOf } from './events';

const now = Date.parse('2026-05-01T12:00:00Z');
const ctx = vouchFor({
  tenantId: 'tenant_01jt5wbs00e4csqj4k1y7d0c3f' as TenantId,
  userId: 'user_01jt5wbs00e4csqj4k1y7d0c3g' as UserId,
  plan: 'free',
  permissions: ['usage:write'],
});
const sound = usageFromTemplate({ asOf: new Date(now), ids: 'x' }).slice(0, 10);

function refusalOf(report: readonly unknown[]): AnalyticsError {
  try {
    rowsOf(ctx, report as readonly UsageEvent[], now);
  } catch (refusal) {
    assert(refusal instanceof AnalyticsError);
    assert.equal(refusal.code, 'analytics_event_invalid');
    return refusal;
  }
  throw new Error('the report was taken');
}

void test('CH-03 checking a report stops at its first faulty event, and names where it stands', () => {
  let looks = 0;
  const next = new Proxy({}, { get: () => void (looks += 1) });
  const refusal = refusalOf([...sound.slice(0, 3), {}, ...Array.from({ length: 900 }, () => next)]);
  assert.equal(refusal.field, 'events[3].eventId');
  assert.match(
    refusal.message,
    /^Nothing was recorded: events\[3\]\.eventId: .+; events\[3\]\.at: .+; events\[3\]\.provider: /,
  );
  assert(!refusal.message.includes('events[3].model'), 'a few faults say enough');
  assert.equal(looks, 0, 'later events were not looked at');
});

for (const [what, change, field, problem] of [
  ['too far ahead', { at: '2026-05-01T12:05:00.001Z' }, 'events[9].at', 'is more than 5 minutes ahead'],
  ['too old', { at: '2025-03-30T11:59:59.999Z' }, 'events[9].at', 'is more than 13 months back'],
  [
    'with more cached than input tokens',
    { inputTokens: 1, cachedInputTokens: 2 },
    'events[9].cachedInputTokens',
    'is more than inputTokens',
  ],
] as const) {
  void test(`CH-03 an event ${what} is named with its place`, () => {
    const refusal = refusalOf([...sound.slice(0, 9), { ...sound[9], ...change }]);
    assert.equal(refusal.field, field);
    assert(refusal.message.includes(`${field}: ${problem}`), refusal.message);
  });
}

void test('CH-03 a refusal stays short whatever the report is full of', () => {
  const names = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`unknown-${index}`, 1]));
  assert(refusalOf([{ ...sound[0], ...names }]).message.length < 600);
  assert((refusalOf([{ ...sound[0], opening: { ...names } }]).field ?? '').length < 100);
});

void test('CH-03 a sound report gives one row an event', () => {
  assert.deepEqual(
    rowsOf(ctx, sound, now).map(({ event_id }) => event_id),
    sound.map(({ eventId }) => eventId),
  );
});
