import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stores } from '../../../support/module-tests/stores';
import {
  sql,
  systemClock,
  vouchFor,
  type Clock,
  type Permission,
  type RunId,
  type TenantContext,
  type ThreadId,
} from '../../kernel';
import { publish, listPublished, unpublish } from './publishing';
import { deleteRunsOf } from '../runs/store/run-store';

const { ids } = stores;

function person(
  tenantId = ids.next('tenant'),
  permissions: readonly Permission[] = ['chat:use', 'reports:publish'],
): TenantContext {
  return vouchFor({ tenantId, userId: ids.next('user'), plan: 'enterprise', permissions });
}

/** A run of theirs that has ended with this report, or without one. */
async function run(ctx: TenantContext, report: object | null, threadId: ThreadId = ids.next('thread')): Promise<RunId> {
  const id = ids.next('run');
  const now = new Date();
  await (
    await stores.database()
  ).transaction(ctx, (tx) =>
    tx.execute(sql`
      insert into runs (tenant_id, id, thread_id, user_id, client_message_id, question, as_of, state, created_at, ended_at, report)
      values (${ctx.tenantId}, ${id}, ${threadId}, ${ctx.userId}, ${id}, 'Costs?', ${now}, 'completed', ${now}, ${now},
        ${report === null ? null : JSON.stringify(report)}::jsonb)`),
  );
  return id;
}

const at = (ms: number): Clock => ({ ...systemClock, now: () => ms });

void describe('publications', () => {
  void test('AG-12 a report that is published by two at once is shared once, since the first time', async () => {
    const db = await stores.database();
    const ada = person();
    const id = await run(ada, { spend: 1 });
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, at_) => publish({ db, clock: at(1_000 * (at_ + 1)) }, ada, id)),
    );
    const shared = await listPublished(db, ada);
    assert.equal(shared.length, 1);
    assert.deepEqual(new Set(all.map(({ publishedAt }) => +publishedAt)), new Set([+(shared[0]?.publishedAt ?? 0)]));
    assert.deepEqual(shared[0]?.report, { spend: 1 });
  });

  void test('AG-12 of more than 50 shared reports the newest 50 are read, newest first', async () => {
    const db = await stores.database();
    const ada = person();
    for (let second = 1; second <= 51; second += 1) {
      await publish({ db, clock: at(second * 1_000) }, ada, await run(ada, { second }));
    }
    const read = await listPublished(db, person(ada.tenantId));
    assert.deepEqual(
      read.map(({ report }) => (report as { second: number }).second),
      Array.from({ length: 50 }, (_, index) => 51 - index),
    );
    const older = await listPublished(db, person(ada.tenantId), { before: read.at(-1)?.runId as RunId });
    assert.deepEqual(
      older.map(({ report }) => report),
      [{ second: 1 }],
    );
  });

  void test('AG-12 shared reports are read page by page, each once, those of one moment too', async () => {
    const db = await stores.database();
    const ada = person();
    for (let number = 1; number <= 5; number += 1) {
      await publish({ db, clock: at(number <= 3 ? 1_000 : 2_000) }, ada, await run(ada, { number }));
    }
    const seen: RunId[] = [];
    let page = await listPublished(db, ada, { limit: 2 });
    for (; page.length > 0; page = await listPublished(db, ada, { limit: 2, before: seen.at(-1) as RunId })) {
      assert(page.length <= 2);
      seen.push(...page.map(({ runId }) => runId));
    }
    assert.deepEqual([seen.length, new Set(seen).size], [5, 5]);
    assert.deepEqual(
      seen,
      (await listPublished(db, ada)).map(({ runId }) => runId),
    );
  });

  void test("AG-12 a page behind another company's report, or one that is no more shared, is refused as if it never was", async () => {
    const db = await stores.database();
    const [ada, other] = [person(), person()];
    const [own, foreign] = [await run(ada, { n: 1 }), await run(other, { n: 2 })];
    await publish({ db, clock: systemClock }, ada, own);
    await publish({ db, clock: systemClock }, other, foreign);
    await unpublish(db, ada, own);
    for (const before of [foreign, own, ids.next('run')]) {
      await assert.rejects(listPublished(db, ada, { before }), { code: 'run_not_found', field: 'before' });
    }
  });

  void test('AG-12 a report is shared and taken back by its owner alone, with the right to publish', async () => {
    const db = await stores.database();
    const deps = { db, clock: systemClock };
    const ada = person();
    const id = await run(ada, { spend: 1 });
    for (const other of [person(ada.tenantId), person()]) {
      await assert.rejects(publish(deps, other, id), { code: 'run_not_found' });
      await assert.rejects(unpublish(db, other, id), { code: 'run_not_found' });
    }
    const demoted = vouchFor({ ...ada, permissions: ['chat:use'] });
    await assert.rejects(publish(deps, demoted, id), { code: 'not_allowed' });
    await publish(deps, ada, id);
    await unpublish(db, demoted, id);
    await unpublish(db, ada, id);
    assert.deepEqual(await listPublished(db, ada), []);
  });

  void test('AG-12 what has no report cannot be shared', async () => {
    const db = await stores.database();
    const ada = person();
    await assert.rejects(publish({ db, clock: systemClock }, ada, await run(ada, null)), { code: 'report_missing' });
    await assert.rejects(publish({ db, clock: systemClock }, ada, ids.next('run')), { code: 'run_not_found' });
    assert.deepEqual(await listPublished(db, ada), []);
  });

  void test('AG-12 what one has shared of a thread is told to its owner alone', async () => {
    const db = await stores.database();
    const deps = { db, clock: systemClock };
    const ada = person();
    const threadId = ids.next('thread');
    const id = await run(ada, { spend: 1 }, threadId);
    await publish(deps, ada, id);
    await publish(deps, ada, await run(ada, { spend: 2 }));
    const runIds = async (ctx: TenantContext): Promise<readonly RunId[]> =>
      (await listPublished(db, ctx, { threadId })).map(({ runId }) => runId);
    assert.deepEqual(await runIds(ada), [id]);
    assert.deepEqual(await runIds(person(ada.tenantId)), []);
  });

  void test('AG-12 a deleted thread leaves no run and no shared report, and no neighbour loses any', async () => {
    const db = await stores.database();
    const deps = { db, clock: systemClock };
    const ada = person();
    const ravi = person(ada.tenantId);
    const threadId = ids.next('thread');
    const id = await run(ada, { spend: 1 }, threadId);
    const other = await run(ravi, { spend: 2 });
    await publish(deps, ada, id);
    await publish(deps, ravi, other);
    await db.transaction(ravi, (tx) => deleteRunsOf(tx, threadId, ravi.userId));
    assert.equal((await listPublished(db, ada)).length, 2);
    await db.transaction(ada, (tx) => deleteRunsOf(tx, threadId, ada.userId));
    assert.deepEqual(
      (await listPublished(db, ada)).map(({ runId }) => runId),
      [other],
    );
    await assert.rejects(publish(deps, ada, id), { code: 'run_not_found' });
  });
});
