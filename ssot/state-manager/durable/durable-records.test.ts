import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { PlatformError, silentLogger, vouchFor, type DurableStore, type TenantId, type UserId } from '../../kernel';
import type { RecordStore } from '../records/record-store';
import type { Cache } from './cache';
import { DurableRecords } from './durable-records';

const dana = vouchFor({
  ...{ tenantId: 'acme' as TenantId, userId: 'dana' as UserId, plan: 'enterprise', permissions: ['chat:use'] },
});
const key = { tenant: 'sm:{acme}:', owner: 'dana', name: 'thread:Q3:spec-plan:~' };

function recordsOver(load: DurableStore['load'], clock: ControlledClock): DurableRecords {
  const durable = { load } as DurableStore;
  return new DurableRecords({ durable, cache: {} as Cache, store: {} as RecordStore, clock, logger: silentLogger });
}

const retryable = new PlatformError({ code: 'database_unavailable', message: 'Away.', retryable: true });
const refused = new PlatformError({ code: 'not_allowed', message: 'No.', retryable: false });
const broken = new TypeError('it fell over');
const REPEAT = 'Try again, with the same writeId if it was a write.';
const FAILURES: readonly [what: string, failure: Error, told: object][] = [
  [
    'what passes by itself is PostgreSQL that cannot be reached',
    retryable,
    {
      code: 'state_durable_unavailable',
      retryable: true,
      message: `PostgreSQL cannot be reached (the connection failed). ${REPEAT}`,
      cause: retryable,
    },
  ],
  ['a refusal stays what it is', refused, refused],
  ['a defect stays what it is', broken, broken],
];
for (const [what, failure, told] of FAILURES) {
  void test(`ST-09 how PostgreSQL failed is told truthfully: ${what}`, async () => {
    const records = recordsOver(() => Promise.reject(failure), new ControlledClock());
    await assert.rejects(records.read(dana, key, 'latest'), told);
  });
}

void test('ST-09 PostgreSQL that does not answer within a second and a half cannot be reached', async () => {
  const clock = new ControlledClock();
  const never = new Promise<undefined>(() => undefined);
  const told: unknown[] = [];
  void recordsOver(() => never, clock)
    .read(dana, key, 'latest')
    .catch((error: { code: string }) => told.push(error.code));
  clock.advance(1_499);
  await new Promise(setImmediate);
  assert.deepEqual(told, []);
  clock.advance(1);
  await new Promise(setImmediate);
  assert.deepEqual(told, ['state_durable_unavailable']);
});
