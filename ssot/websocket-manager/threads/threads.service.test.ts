import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stores } from '../../../support/module-tests/stores';
import { limitsOfPlans } from '../../configuration-manager';
import { PlatformError, sql, systemClock, vouchFor, type Plan, type TenantContext } from '../../kernel';
import { createThreads, type ThreadLimits, type Threads } from '..';
import { z } from 'zod';

const { ids } = stores;

function limits(threadsPerPerson: number, threadsPerTenant: number): ThreadLimits {
  const of = { threadsPerPerson, threadsPerTenant };
  const large = { threadsPerPerson: 1_000, threadsPerTenant: 1_000 };
  return limitsOfPlans({ free: of, early: of, mid: of, enterprise: large });
}

async function threadsWith(limits: ThreadLimits): Promise<Threads> {
  return createThreads({ db: await stores.database(), clock: systemClock, ids, limits });
}

function person(tenantId = ids.next('tenant'), plan: Plan = 'free', userId = ids.next('user')): TenantContext {
  return vouchFor({ tenantId, userId, plan, permissions: ['chat:use'] });
}

/** What each of so many attempts came to: `made`, or the limit that refused it. */
async function attempt(times: number, create: (index: number) => Promise<unknown>): Promise<Record<string, number>> {
  const ends = await Promise.allSettled(Array.from({ length: times }, (_, index) => create(index)));
  const words = ends.map((end) => (end.status === 'fulfilled' ? 'made' : refusalOf(end.reason)));
  return Object.fromEntries(
    Map.groupBy(words, (word) => word)
      .entries()
      .map(([word, all]) => [word, all.length]),
  );
}

function refusalOf(error: unknown): string {
  if (!(error instanceof PlatformError)) throw error;
  return `${error.code} ${error.limit?.name} ${error.limit?.max}`;
}

async function storedBy(ctx: TenantContext): Promise<{ threads: number; counted: number }> {
  const row = z.object({ threads: z.coerce.number(), counted: z.coerce.number() });
  const db = await stores.database();
  const [found] = await db.transaction(ctx, (tx) =>
    tx.query(
      sql`select (select count(*) from thread) as threads, (select coalesce(sum(threads), 0) from thread_counts) as counted`,
      row,
    ),
  );
  return found as z.infer<typeof row>;
}

void test('CF-09 of fifty threads that a person creates at once on two instances, as many are made as the plan allows', async () => {
  const instances = [await threadsWith(limits(7, 100)), await threadsWith(limits(7, 100))] as const;
  const leo = person();
  const ends = await attempt(50, (index) => instances[index % 2 === 0 ? 0 : 1].create(leo, `thread ${index}`));
  assert.deepEqual(ends, { made: 7, 'thread_limit threadsPerPerson 7': 43 });
  assert.deepEqual(await storedBy(leo), { threads: 7, counted: 7 });
});

void test('CF-09 of fifty threads that a company creates at once on two instances, as many are made as the plan allows', async () => {
  const instances = [await threadsWith(limits(5, 12)), await threadsWith(limits(5, 12))] as const;
  const birch = ids.next('tenant');
  const people = Array.from({ length: 10 }, () => person(birch));
  const ends = await attempt(50, (index) =>
    instances[index % 2 === 0 ? 0 : 1].create(people[index % 10] as TenantContext, `thread ${index}`),
  );
  assert.equal(ends['made'], 12);
  assert.equal(ends['thread_limit threadsPerTenant 12'], 38);
});

void test('CF-09 whoever has used up their threads is told which limit it is and what to do, and nothing is stored', async () => {
  const threads = await threadsWith(limits(1, 2));
  const birch = ids.next('tenant');
  const [leo, mia, noa] = [person(birch), person(birch), person(birch)];
  await threads.create(leo, 'Offsite');
  await assert.rejects(threads.create(leo, 'Q3 spend'), {
    code: 'thread_limit',
    retryable: false,
    limit: { name: 'threadsPerPerson', max: 1 },
    message: 'You have 1 thread, as many as you may have. Delete one first.',
  });
  await threads.create(mia, 'Offsite');
  await assert.rejects(threads.create(noa, 'Q3 spend'), {
    code: 'thread_limit',
    limit: { name: 'threadsPerTenant', max: 2 },
    message: 'Your company has 2 threads, as many as its plan allows. Delete one first, or ask for a larger plan.',
  });
  assert.deepEqual(await storedBy(leo), { threads: 2, counted: 2 });
});

void test('CF-09 a deleted thread makes room for one, and a larger plan for more', async () => {
  const threads = await threadsWith(limits(1, 10));
  const leo = person();
  const { threadId } = await threads.create(leo, 'Offsite');
  await threads.delete(leo, threadId);
  await threads.create(leo, 'Q3 spend');
  await assert.rejects(threads.create(leo, 'Q4 spend'), { code: 'thread_limit' });
  await threads.create(person(leo.tenantId, 'enterprise', leo.userId), 'Q4 spend');
  assert.deepEqual(await storedBy(leo), { threads: 2, counted: 2 });
});

void test('CF-09 a thread whose creation is undone takes up no room, and the neighbour is not counted', async () => {
  const threads = await threadsWith(limits(1, 1));
  const leo = person();
  const dana = person();
  await threads.create(dana, 'Q3 spend');
  const db = await stores.database();
  const undone = db.transaction(leo, async (tx) => {
    await tx.execute(
      sql`insert into thread (tenant_id, thread_id, user_id, title, created_at)
          values (${leo.tenantId}, ${ids.next('thread')}, ${leo.userId}, 'Offsite', now())`,
    );
    throw new Error('undone');
  });
  await assert.rejects(undone, /undone/);
  await threads.create(leo, 'Offsite');
  assert.deepEqual(await storedBy(leo), { threads: 1, counted: 1 });
});

void test('CF-09 however many threads are removed in one statement, the counts are those of the rows', async () => {
  const threads = await threadsWith(limits(10, 100));
  const birch = ids.next('tenant');
  const people = [person(birch), person(birch)] as const;
  for (const who of [...people, ...people, people[0]]) await threads.create(who, 'Offsite');
  const db = await stores.database();
  await db.transaction(people[0], (tx) => tx.execute(sql`delete from thread where title = 'Offsite'`));
  assert.deepEqual(await storedBy(people[0]), { threads: 0, counted: 0 });
});

void test('WS-09 a thread that is asked for again with its key is the same thread, also at the limit and from two instances', async () => {
  const instances = [await threadsWith(limits(1, 10)), await threadsWith(limits(1, 10))] as const;
  const leo = person();
  const made = await Promise.all(
    Array.from({ length: 10 }, (_, index) => instances[index % 2 === 0 ? 0 : 1].create(leo, 'Offsite', 'key')),
  );
  assert.equal(new Set(made.map(({ threadId }) => threadId)).size, 1);
  assert.deepEqual(await storedBy(leo), { threads: 1, counted: 1 });
});

void test('WS-09 a key belongs to its person, and to the title it came with', async () => {
  const threads = await threadsWith(limits(5, 10));
  const leo = person();
  const mia = person(leo.tenantId);
  const made = await threads.create(leo, 'Offsite', 'key');
  await assert.rejects(threads.create(leo, 'Q3 spend', 'key'), {
    code: 'idempotency_key_reused',
    field: 'idempotency-key',
    retryable: false,
  });
  assert.notEqual((await threads.create(mia, 'Q3 spend', 'key')).threadId, made.threadId);
  assert.notEqual((await threads.create(leo, 'Offsite', 'another')).threadId, made.threadId);
  assert.notEqual((await threads.create(leo, 'Offsite')).threadId, made.threadId);
});

void test('WS-09 a thread that was renamed is still the one of its key', async () => {
  const threads = await threadsWith(limits(5, 10));
  const leo = person();
  const { threadId } = await threads.create(leo, 'Offsite', 'key');
  await threads.rename(leo, threadId, 'Team offsite');
  const again = await threads.create(leo, 'Offsite', 'key');
  assert.deepEqual([again.threadId, again.title], [threadId, 'Team offsite']);
});

void test('WS-04 only its owner renames a thread', async () => {
  const threads = await threadsWith(limits(5, 10));
  const leo = person();
  const { threadId } = await threads.create(leo, 'Offsite');
  for (const other of [person(leo.tenantId), person()]) {
    await assert.rejects(threads.rename(other, threadId, 'Mine'), { code: 'thread_not_found' });
  }
  await assert.rejects(threads.rename(leo, ids.next('thread'), 'Mine'), { code: 'thread_not_found' });
  assert.equal((await threads.get(leo, threadId)).title, 'Offsite');
});

void test('WS-04 what hangs on a thread goes with it, and stays where the thread is somebody else’s', async () => {
  const deleted: string[] = [];
  const dependent = {
    deleteOfThread: async (_: TenantContext, id: string) => await Promise.resolve(void deleted.push(id)),
  };
  const db = await stores.database();
  const threads = createThreads({ db, clock: systemClock, ids, limits: limits(5, 10), dependents: [dependent] });
  const leo = person();
  const { threadId } = await threads.create(leo, 'Offsite');
  await assert.rejects(threads.delete(person(leo.tenantId), threadId), { code: 'thread_not_found' });
  deleted.length = 0;
  await threads.delete(leo, threadId);
  // Before the thread, and again behind its lock.
  assert.deepEqual(deleted, [threadId, threadId]);
});

void test('WS-04 when what hangs on a thread cannot be deleted, the thread stays', async () => {
  const failing = { deleteOfThread: () => Promise.reject(new Error('no')) };
  const db = await stores.database();
  const threads = createThreads({ db, clock: systemClock, ids, limits: limits(5, 10), dependents: [failing] });
  const leo = person();
  const { threadId } = await threads.create(leo, 'Offsite');
  await assert.rejects(threads.delete(leo, threadId), /no/);
  assert.equal((await threads.get(leo, threadId)).threadId, threadId);
});

void test('WS-18 a title is counted in code points by the store as well', async () => {
  const threads = await threadsWith(limits(5, 10));
  const leo = person();
  await threads.create(leo, '😀'.repeat(200));
  await assert.rejects(threads.create(leo, 'a'.repeat(201)), { code: 'database_constraint' });
});

void test('WS-20 a page behind a thread that was deleted meanwhile is refused, and not told to be the last', async () => {
  const threads = await threadsWith(limits(100, 100));
  const leo = person();
  for (const title of ['Q1', 'Q2', 'Q3']) await threads.create(leo, title);
  const [newest] = await threads.list(leo, { limit: 1 });
  const before = newest?.threadId;
  assert.ok(before);
  assert.equal((await threads.list(leo, { limit: 5, before })).length, 2);
  await threads.delete(leo, before);
  const foreign = await threads.create(person(leo.tenantId), 'Q4');
  for (const gone of [before, foreign.threadId, ids.next('thread')]) {
    await assert.rejects(threads.list(leo, { limit: 5, before: gone }), { code: 'thread_not_found', field: 'before' });
  }
});
