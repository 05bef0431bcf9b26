import assert from 'node:assert/strict';
import { test } from 'node:test';
import { vouchFor, type RunId, type TenantId, type UserId } from '../../kernel';
import type { UsageEvent } from '../contract';
import { usageFromTemplate } from '../../../world/sample-usage/template';
import { AnalyticsError } from '../errors';
import { rowsOf, withoutPerson, type StoredUse } from './events';

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
  ['13 months old', { at: '2025-04-01T12:00:00.999Z' }, 'events[9].at', 'is more than 13 months back'],
  [
    'with more cached than input tokens',
    { inputTokens: 1, cachedInputTokens: 2 },
    'events[9].cachedInputTokens',
    'is more than inputTokens',
  ],
  [
    'whose opening is longer than what was sent',
    { inputTokens: 10, cachedInputTokens: 0, opening: { hash: 'h', tokens: 11 } },
    'events[9].opening.tokens',
    'is more than inputTokens, which includes it',
  ],
  ['without a status', { status: undefined }, 'events[9].status', 'is missing'],
  ['of an unknown status', { status: 'ok' }, 'events[9].status', 'must be one of: completed, failed, cancelled'],
  ['with a negative count', { outputTokens: -1 }, 'events[9].outputTokens', 'must be 0 or more'],
  ['with half a token', { outputTokens: 0.5 }, 'events[9].outputTokens', 'must be a whole number'],
  [
    'with a count beyond exact counting',
    { outputTokens: 2 ** 53 },
    'events[9].outputTokens',
    'must be 9007199254740991 or less',
  ],
  ['with a count in words', { latencyMs: 'ten' }, 'events[9].latencyMs', 'must be a whole number'],
  ['with yes for true', { background: 'yes' }, 'events[9].background', 'must be true or false'],
  ['with a number for a name', { model: 7 }, 'events[9].model', 'must be text'],
  ['at no instant', { at: 'yesterday' }, 'events[9].at', 'must be an instant in UTC such as 2026-05-01T12:00:00Z'],
  [
    'in local time',
    { at: '2026-05-01T12:00:00+02:00' },
    'events[9].at',
    'must be an instant in UTC such as 2026-05-01T12:00:00Z',
  ],
  ['with an unknown field', { promt: 'hello' }, 'events[9]', 'has a field that is not known: promt'],
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

for (const [what, change] of [
  ['that is kept one second more', { at: '2025-04-01T12:00:01Z' }],
  ['exactly five minutes ahead', { at: '2026-05-01T12:05:00Z' }],
  ['with all input cached', { inputTokens: 3, cachedInputTokens: 3 }],
  ['that is all opening', { inputTokens: 3, cachedInputTokens: 0, opening: { hash: 'h', tokens: 3 } }],
] as const) {
  void test(`CH-03 an event ${what} is taken`, () => {
    assert.equal(rowsOf(ctx, [{ ...(sound[0] as UsageEvent), ...change }], now).length, 1);
  });
}

for (const [what, report] of [
  ['nothing', []],
  ['one event too many', Array.from({ length: 1_001 }, () => sound[0])],
  ['no list', { length: 1 } as never],
] as const) {
  void test(`CH-03 a report of ${what} is refused, with the way out`, () => {
    const { field, message } = refusalOf(report);
    const words = 'A report has 1 to 1000 events. Send more in several reports.';
    assert.deepEqual([field, message], ['events', words]);
  });
}

void test('CH-03 a report of a thousand events is taken', () => {
  assert.equal(
    rowsOf(
      ctx,
      Array.from({ length: 1_000 }, () => sound[0] as UsageEvent),
      now,
    ).length,
    1_000,
  );
});

const FULL: UsageEvent = {
  ...{ eventId: 'e-1', at: '2026-05-01T11:00:00.123Z', provider: 'openai', model: 'gpt-4o', feature: 'chat' },
  ...{ status: 'failed', inputTokens: 9, cachedInputTokens: 2, outputTokens: 4, latencyMs: 70, background: true },
  ...{ personId: ctx.userId, runId: 'run_01jt5wbs00e4csqj4k1y7d0c3g' as RunId, promptHash: 'p' },
  opening: { hash: 'o', tokens: 5 },
};
const rowOf = (event: UsageEvent) => rowsOf(ctx, [event], now)[0] as StoredUse;

void test('CH-03 all that is reported of a call is stored, and what is not named is empty', () => {
  const { fingerprint, ...row } = rowOf(FULL);
  assert.deepEqual(row, {
    ...{ tenant_id: ctx.tenantId, event_id: 'e-1', at: '2026-05-01 11:00:00.123', provider: 'openai', model: 'gpt-4o' },
    ...{ feature: 'chat', status: 'failed', input_tokens: 9, cached_input_tokens: 2, output_tokens: 4, latency_ms: 70 },
    ...{
      background: 1,
      person_id: ctx.userId,
      run_id: FULL.runId,
      prompt_hash: 'p',
      opening_hash: 'o',
      opening_tokens: 5,
    },
  });
  assert.match(fingerprint, /^[0-9a-f]{32}$/);
  const { personId: _, runId: __, promptHash: ___, opening: ____, ...least } = FULL;
  assert.partialDeepStrictEqual(rowOf({ ...least, background: false }), {
    ...{ background: 0, person_id: '', run_id: '', prompt_hash: '', opening_hash: '', opening_tokens: 0 },
  });
});

void test('CH-02 the same call has the same fingerprint under any id, and another one differs in whatever it differs', () => {
  const { fingerprint } = rowOf(FULL);
  assert.equal(rowOf({ ...FULL, eventId: 'e-2' }).fingerprint, fingerprint);
  const others: Partial<UsageEvent>[] = [
    ...[{ at: '2026-05-01T11:00:00.124Z' }, { provider: 'x' }, { model: 'x' }, { feature: 'x' }],
    ...[{ status: 'completed' as const }, { inputTokens: 8 }, { cachedInputTokens: 1 }, { outputTokens: 5 }],
    ...[{ latencyMs: 71 }, { background: false }, { promptHash: 'q' }, { opening: { hash: 'x', tokens: 5 } }],
    { opening: { hash: 'o', tokens: 4 } },
  ];
  const all = [fingerprint, ...others.map((other) => rowOf({ ...FULL, ...other }).fingerprint)];
  assert.equal(new Set(all).size, others.length + 1);
});

void test('SP-09 without its person a call keeps what is counted and paid for, and is known when it is sent again', () => {
  const row = rowOf(FULL);
  const ofNobody = { person_id: '', run_id: '', prompt_hash: '', opening_hash: '' };
  assert.deepEqual(withoutPerson(row), { ...row, ...ofNobody });
});

void test('CH-03 an event that is no object is refused in plain words', () => {
  for (const event of [7, null, 'x', []]) {
    const { field, message } = refusalOf([event]);
    assert.deepEqual(
      [field, message],
      ['events[0]', 'Nothing was recorded: events[0]: must be an object. Later events were not checked.'],
    );
  }
});

const LABELS = ['eventId', 'provider', 'model', 'feature', 'promptHash', 'opening.hash'] as const;

function labelled(name: (typeof LABELS)[number], text: string): object {
  if (name === 'opening.hash')
    return { ...sound[0], inputTokens: 10, cachedInputTokens: 0, opening: { hash: text, tokens: 1 } };
  return { ...sound[0], [name]: text };
}

for (const [what, text, problem] of [
  ['half a character', 'a\ud83d', 'contains half a character'],
  ['a NUL character', 'a\0b', 'contains a NUL character'],
  ['nothing', '', 'is empty'],
  ['nothing visible', ' \n ', 'is empty'],
  ['nothing that is drawn', '\u200b\u2060', 'is empty'],
  ['129 emoji', '🙂'.repeat(129), 'is longer than 128 characters'],
  ['a novel', 'x'.repeat(100_000), 'is longer than 128 characters'],
] as const) {
  void test(`CH-03 ${what} in any label is refused, and the field is named`, () => {
    for (const name of LABELS) {
      const { field, message } = refusalOf([labelled(name, text)]);
      assert.equal(field, `events[0].${name}`);
      assert(message.includes(`events[0].${name}: ${problem}`), message);
    }
  });
}

void test('CH-03 an id of another kind is refused by the name of its place', () => {
  const { field, message } = refusalOf([{ ...sound[0], personId: 'run_01jt5wbs00e4csqj4k1y7d0c3g' }]);
  assert.equal(field, 'events[0].personId');
  assert.match(message, /events\[0\]\.personId: must be a user id, written as [^;]*; this is a run id\. Later/);
});

void test('CH-03 labels of 128 characters of any kind are kept letter for letter', () => {
  for (const text of ['🙂'.repeat(128), 'ä'.repeat(128), `"{}'\n\\`]) {
    for (const name of LABELS)
      assert(JSON.stringify(rowsOf(ctx, [labelled(name, text) as UsageEvent], now)).includes(JSON.stringify(text)));
  }
});
