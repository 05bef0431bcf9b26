import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TenantId, ThreadId, Transactions, UserId } from '../../../kernel';
import { quietThreads, type QuietThread } from './quiet-threads';

const PAGE = 200;
const since = new Date('2026-09-10T09:00:00Z');
const [tenantId, gone] = ['tenant_1' as TenantId, 'tenant_2' as TenantId];

const threadOf = (number: number, tenant: TenantId): QuietThread => ({
  ...{ tenant_id: tenant, thread_id: `thread_${number}` as ThreadId, user_id: 'user_1' as UserId },
  ...{ last_event_at: since, archived_seq: 0, head_seq: 3 },
});

for (const [what, count] of [
  ['none', 0],
  ['one page less one', PAGE - 1],
  ['exactly one page', PAGE],
  ['one page and one', PAGE + 1],
  ['two pages', 2 * PAGE],
] as const) {
  test(`SP-07 every quiet thread is looked at once, but those of companies that are gone: ${what}`, async () => {
    const all = Array.from({ length: count }, (_, index) => threadOf(index, index % 10 === 9 ? gone : tenantId));
    let read = 0;
    const asService = (): Promise<readonly QuietThread[]> => Promise.resolve(all.slice(read, (read += PAGE)));
    const db = { asService } as unknown as Transactions;
    const plansOf = () => Promise.resolve(new Map([[tenantId, 'free']] as const));
    const seen: ThreadId[] = [];
    for await (const { ctx, thread } of quietThreads({ db, plansOf }, { service: 'test', since })) {
      assert.deepEqual([ctx.tenantId, ctx.userId, ctx.permissions], [tenantId, 'user_1', []]);
      seen.push(thread.thread_id);
    }
    assert.deepEqual(
      seen,
      all.filter((thread) => thread.tenant_id === tenantId).map((thread) => thread.thread_id),
    );
  });
}
