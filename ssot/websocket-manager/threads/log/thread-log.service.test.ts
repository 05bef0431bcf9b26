import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChatTest, range } from '../../../../support/module-tests/chat/chat-test';
import { stores } from '../../../../support/module-tests/stores';
import { sql, vouchFor, type TenantContext, type ThreadId } from '../../../kernel';
import { z } from 'zod';

void test('WS-08 a batch with one bad event is refused whole and leaves no trace', async () => {
  await using chat = await ChatTest.start();
  const { dana, threadId, phone } = await chat.watching();
  const drafts = chat.run().all('question', 'start', 'result A');
  await assert.rejects(chat.append(dana, threadId, drafts), {
    code: 'sequence_violation',
    message: 'No such tool call is open. (call_unknown)',
    field: 'type',
  });
  assert.deepEqual([await chat.stored(dana, threadId), phone.seqs(threadId)], [[], []]);
});

void test('WS-08 when two instances end the same run at once, one ending is stored and the other is refused', async () => {
  await using chat = await ChatTest.start();
  const { dana, threadId, phone } = await chat.watching();
  const run = await chat.begin(dana, threadId);
  const endings = await Promise.allSettled([
    chat.append(dana, threadId, run.all('report'), 0),
    chat.append(dana, threadId, run.all('cancellation'), 1),
  ]);
  const refused = endings.filter((ending) => ending.status === 'rejected');
  assert.deepEqual(
    refused.map(({ reason }) => (reason as Error).message),
    ['The run has ended; nothing can be added after its ending. (ended)'],
  );
  assert.deepEqual(phone.seqs(threadId), [1, 2, 3]);
});

void test('WS-08 a run belongs to the thread it began in', async () => {
  await using chat = await ChatTest.start();
  const { dana, threadId } = await chat.watching();
  const run = await chat.begin(dana, threadId);
  const other = await chat.thread(dana, 'Team offsite');
  await assert.rejects(chat.append(dana, other, run.all('thought')), {
    code: 'sequence_violation',
    message: 'The run belongs to another thread.',
  });
});

void test('WS-03 eight writers at once leave numbers without a gap, each in its own order', async () => {
  await using chat = await ChatTest.start();
  const { dana, threadId, phone } = await chat.watching();
  const runs = Array.from({ length: 8 }, () => chat.run().thoughts(20));
  await Promise.all(
    runs.map(async (drafts, index) => {
      for (const draft of drafts) await chat.append(dana, threadId, [draft], index % 2);
    }),
  );
  const stored = await chat.stored(dana, threadId);
  assert.deepEqual(
    stored.map(({ seq }) => seq),
    range(1, 160),
  );
  assert.deepEqual(phone.seqs(threadId), range(1, 160));
  for (const drafts of runs) {
    const own = stored.filter(({ runId }) => runId === drafts[0]?.runId).map(({ id }) => id);
    assert.deepEqual(
      own,
      drafts.map(({ id }) => id),
    );
  }
});

void test('WS-03 an event whose transaction is undone was sent to no device and used up no number', async () => {
  await using chat = await ChatTest.start();
  const { dana, threadId, phone } = await chat.watching();
  const undone = chat.db.transaction(dana, async (tx) => {
    await chat.instance().threadLog.append(dana, threadId, chat.run().all('question'), tx);
    throw new Error('undone');
  });
  await assert.rejects(undone, /undone/);
  await chat.settled();
  assert.deepEqual(phone.seqs(threadId), []);
  await chat.begin(dana, threadId, ['question']);
  assert.deepEqual(phone.seqs(threadId), [1]);
});

void test('WS-03 what is handed in within a transaction is sent after its commit, not before', async () => {
  await using chat = await ChatTest.start();
  const { dana, threadId, phone } = await chat.watching();
  await chat.db.transaction(dana, async (tx) => {
    const { events } = await chat.instance().threadLog.append(dana, threadId, chat.run().all('question'), tx);
    assert.deepEqual(
      events.map(({ seq }) => seq),
      [1],
    );
    assert.deepEqual(phone.seqs(threadId), []);
  });
  await chat.settled();
  assert.deepEqual(phone.seqs(threadId), [1]);
});

void test('WS-03 an event that is handed in again is stored once and answers with its first number', async () => {
  await using chat = await ChatTest.start();
  const { dana, threadId, phone } = await chat.watching();
  const drafts = chat.run().all('question', 'start', 'thought');
  await chat.append(dana, threadId, drafts.slice(0, 2));
  for (const [again, numbers, repeated] of [
    [drafts, [1, 2, 3], 2],
    [drafts.slice(2), [3], 1],
  ] as const) {
    const appended = await chat.append(dana, threadId, again);
    assert.deepEqual([appended.events.map(({ seq }) => seq), appended.repeated], [numbers, repeated]);
  }
  assert.deepEqual(phone.seqs(threadId), [1, 2, 3]);
});

void test('WS-03 events read back exactly as they were handed in, on the wire and from the store', async () => {
  await using chat = await ChatTest.start();
  const { dana, threadId, phone } = await chat.watching();
  const drafts = chat
    .run()
    .all('question', 'start', 'thought', 'call A', 'result A', 'report')
    .map((draft) => ({ ...draft, agent: 'data' as const }));
  await chat.append(dana, threadId, drafts);
  const at = new Date(chat.clock.now()).toISOString();
  const expected = drafts.map((draft, index) => ({ v: 1, seq: index + 1, threadId, at, ...draft }));
  assert.deepEqual(await chat.stored(dana, threadId), expected);
  assert.deepEqual(phone.events(threadId), expected);
});

const OTHERS: readonly [who: string, of: (chat: ChatTest, dana: TenantContext) => TenantContext, code: string][] = [
  ['a colleague', (chat, { tenantId }) => chat.user('enterprise', tenantId), 'thread_not_found'],
  ['another company', (chat) => chat.user(), 'thread_not_found'],
  ['a context nobody vouched for', (_, dana) => ({ ...dana }), 'context_unverified'],
];
for (const [who, of, code] of OTHERS) {
  void test(`WS-04 nobody else reads a thread or adds to it: ${who}`, async () => {
    await using chat = await ChatTest.start();
    const { dana, threadId, phone } = await chat.watching();
    await chat.begin(dana, threadId, ['question']);
    const other = of(chat, dana);
    const { threadLog } = chat.instance();
    await assert.rejects(threadLog.read(other, threadId, 0), { code });
    const drafts = chat.run().all('question');
    await assert.rejects(
      chat.db.transaction(dana, (tx) => threadLog.append(other, threadId, drafts, tx)),
      { code },
    );
    await chat.settled();
    assert.deepEqual(phone.seqs(threadId), [1]);
  });
}

void test('WS-04 PostgreSQL itself shows no row of a thread to another company, and takes none from it', async () => {
  await using chat = await ChatTest.start();
  const { dana, threadId } = await chat.watching();
  await chat.begin(dana, threadId);
  const count = z.object({ rows: z.coerce.number() });
  const seenBy = (ctx: TenantContext): Promise<number[]> =>
    chat.db.transaction(ctx, async (tx) => {
      const rows = await tx.query(
        sql`select count(*) as rows from thread where thread_id = ${threadId}
            union all select count(*) from thread_heads where thread_id = ${threadId}
            union all select count(*) from thread_events where thread_id = ${threadId}
            union all select count(*) from run_sequences where thread_id = ${threadId}`,
        count,
      );
      return rows.map((row) => row.rows);
    });
  const leo = chat.user();
  assert.deepEqual(await seenBy(dana), [1, 1, 2, 1]);
  assert.deepEqual(await seenBy(chat.user('enterprise', dana.tenantId)), [1, 1, 2, 1]);
  assert.deepEqual(await seenBy(leo), [0, 0, 0, 0]);
  const changed = await chat.db.transaction(leo, (tx) =>
    tx.execute(sql`update thread set title = 'taken' where thread_id = ${threadId}`),
  );
  assert.equal(changed.rows, 0);
  const planted = chat.db.transaction(leo, (tx) =>
    tx.execute(sql`insert into thread (tenant_id, thread_id, user_id, title, created_at)
        values (${dana.tenantId}, ${chat.ids.next('thread')}, ${leo.userId}, 'planted', now())`),
  );
  await assert.rejects(planted);
});

void test('WS-03 a page holds about 1 MiB however many events were asked for, and at least the next one', async () => {
  await using chat = await ChatTest.start();
  const dana = chat.user();
  const threadId = await chat.thread(dana);
  await chat.append(dana, threadId, chat.run().thoughts(80, 'x'.repeat(31_000)));
  const { threadLog } = chat.instance();
  const sizes: number[] = [];
  for (let after = 0; after < 80; after += sizes.at(-1) ?? 80) {
    const { events, headSeq } = await threadLog.read(dana, threadId, after, 1_000);
    assert.deepEqual([events[0]?.seq, headSeq], [after + 1, 80]);
    sizes.push(events.length);
  }
  assert.deepEqual(sizes, [36, 34, 10]);
});

void test('WS-04 everybody lists their own threads, newest first and page by page', async () => {
  await using chat = await ChatTest.start();
  const dana = chat.user();
  const created: ThreadId[] = [];
  for (const title of ['First', 'Second', 'Third']) {
    created.push(await chat.thread(dana, title));
    chat.clock.advance(60_000);
  }
  const threads = chat.threads();
  const first = await threads.list(dana, { limit: 2 });
  const before = first.at(-1)?.threadId as ThreadId;
  const titles = [first, await threads.list(dana, { limit: 2, before })].map((page) => page.map(({ title }) => title));
  assert.deepEqual(titles, [['Third', 'Second'], ['First']]);
  const threadId = created[2] as ThreadId;
  const createdAt = new Date(chat.clock.now() - 60_000);
  assert.deepEqual(await threads.get(dana, threadId), { threadId, title: 'Third', createdAt });
  for (const other of [chat.user('enterprise', dana.tenantId), chat.user()]) {
    assert.deepEqual(await threads.list(other, { limit: 100 }), []);
    for (const id of created) {
      await assert.rejects(threads.get(other, id), { code: 'thread_not_found' });
      await assert.rejects(threads.delete(other, id), { code: 'thread_not_found' });
    }
  }
});

void test("WS-04 a colleague's thread is no place to go on from, as one that never was", async () => {
  await using chat = await ChatTest.start();
  const [dana, threads] = [chat.user(), chat.threads()];
  const ravi = chat.user('enterprise', dana.tenantId);
  await chat.thread(ravi, 'First');
  chat.clock.advance(60_000);
  for (const before of [await chat.thread(dana), stores.ids.next('thread')]) {
    await assert.rejects(threads.list(ravi, { limit: 2, before }), { code: 'thread_not_found', field: 'before' });
  }
});

void test('WS-04 without the permission to chat there are no threads', async () => {
  await using chat = await ChatTest.start();
  const dana = chat.user();
  const threadId = await chat.thread(dana);
  const reader = vouchFor({ ...dana, permissions: ['usage:read'] });
  const threads = chat.threads();
  const attempts = [
    () => threads.create(reader, 'more'),
    () => threads.list(reader, { limit: 1 }),
    () => threads.get(reader, threadId),
    () => threads.rename(reader, threadId, 'more'),
    () => threads.delete(reader, threadId),
  ];
  for (const attempt of attempts) await assert.rejects(attempt, { code: 'not_allowed' });
});
