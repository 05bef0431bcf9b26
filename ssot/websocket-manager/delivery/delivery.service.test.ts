import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { ChatTest, range } from '../../../support/module-tests/chat/chat-test';
import { sql, type TenantContext, type ThreadId } from '../../kernel';

void test('WS-05 a thread that is subscribed to twice on one device sends each event once', async () => {
  await using chat = await ChatTest.start();
  const { dana, threadId, phone } = await chat.watching();
  await chat.begin(dana, threadId);
  await chat.subscribe(phone, threadId);
  assert.deepEqual(phone.seqs(threadId), [1, 2]);
  assert.deepEqual(phone.controls('subscribed'), [
    { threadId, firstSeq: 1, headSeq: 0 },
    { threadId, firstSeq: 1, headSeq: 2 },
  ]);
  assert.deepEqual(phone.controls('caught_up'), [
    { threadId, seq: 0 },
    { threadId, seq: 2 },
  ]);
});

void test('WS-05 a device that has left a thread is sent no more of it, and may come back', async () => {
  await using chat = await ChatTest.start();
  const { dana, threadId, phone } = await chat.watching();
  for (let time = 0; time < 2; time++) await chat.send(phone, { type: 'unsubscribe', threadId });
  await chat.begin(dana, threadId, ['question']);
  await chat.subscribe(phone, threadId);
  assert.deepEqual(
    phone.received.map(({ type }) => type),
    ['welcome', 'subscribed', 'caught_up', 'subscribed', 'user_message', 'caught_up'],
  );
});

void test('WS-05 a device that leaves a thread while it is read is sent no more of it', async () => {
  await using chat = await ChatTest.start();
  const { dana, threadId, phone } = await chat.watching();
  const reading = Promise.withResolvers<void>();
  const isRead = new Promise<void>((resolve) => {
    chat.db.duringNextRead = () => {
      resolve();
      return reading.promise;
    };
  });
  const drafts = chat.run().all('question');
  await chat.db.transaction(dana, (tx) => chat.instance(1).threadLog.append(dana, threadId, drafts, tx));
  await isRead;
  phone.send({ type: 'unsubscribe', threadId });
  for (let turns = 0; turns < 20 || phone.unreadBytes > 0; turns++) await turn();
  reading.resolve();
  await chat.settled();
  assert.deepEqual([phone.seqs(threadId), phone.errors], [[], []]);
});

void test('WS-05 devices on another instance are notified at once', async () => {
  await using chat = await ChatTest.start();
  const { dana, threadId, phone } = await chat.watching();
  const laptop = await chat.watch(dana, threadId, { at: 1 });
  await chat.begin(dana, threadId);
  assert.deepEqual(
    [phone.seqs(threadId), laptop.seqs(threadId)],
    [
      [1, 2],
      [1, 2],
    ],
  );
});

for (const [what, fail, lost] of [
  ['lost on the way', (chat: ChatTest) => (chat.heads.losing = true), 0],
  ['Redis is away', (chat: ChatTest) => (chat.heads.reachable = false), 1],
] as const) {
  void test(`WS-11 a lost notification delays an event by less than a second, the last one of a thread included: ${what}`, async () => {
    await using chat = await ChatTest.start();
    const { dana, threadId, phone } = await chat.watching();
    const laptop = await chat.watch(dana, threadId, { at: 1 });
    fail(chat);
    await chat.begin(dana, threadId);
    assert.deepEqual([phone.seqs(threadId), laptop.seqs(threadId)], [[1, 2], []]);
    await chat.pass(1_000);
    assert.deepEqual(
      [phone.seqs(threadId), laptop.seqs(threadId)],
      [
        [1, 2],
        [1, 2],
      ],
    );
    assert.equal(chat.instance().metric('chat_hints_lost_total'), lost);
  });
}

void test('WS-11 an instance that could not subscribe to notifications tries again until it can', async () => {
  await using chat = await ChatTest.start();
  chat.heads.reachable = false;
  const { dana, threadId } = await chat.watching();
  const laptop = await chat.watch(dana, threadId, { at: 1 });
  assert.equal(chat.heads.subscriptions, 0);
  chat.heads.reachable = true;
  await chat.pass(1_000);
  await chat.begin(dana, threadId);
  assert.deepEqual(laptop.seqs(threadId), [1, 2]);
});

void test('WS-11 what cannot be read now is read with the next poll', async () => {
  await using chat = await ChatTest.start();
  const { dana, threadId, phone } = await chat.watching();
  chat.db.answersReads = false;
  await chat.begin(dana, threadId, ['question', 'start'], 1);
  await chat.pass(1_000);
  assert.deepEqual(phone.seqs(threadId), []);
  assert.match(chat.instance().logged.join(), /open threads could not be polled/);
  chat.db.answersReads = true;
  await chat.pass(1_000);
  assert.deepEqual(phone.seqs(threadId), [1, 2]);
});

for (const [what, at, reads] of [
  ['where they are connected, without a read', 0, 0],
  ['on another instance, with one read for all that stand at the same number', 1, 1],
] as const) {
  void test(`WS-13 three devices are sent what is stored ${what}`, async () => {
    await using chat = await ChatTest.start();
    const { dana, threadId, phone } = await chat.watching();
    const [laptop, tablet] = [await chat.watch(dana, threadId), await chat.watch(dana, threadId)];
    chat.instance(1);
    chat.db.reads = 0;
    await chat.begin(dana, threadId, ['question', 'start'], at);
    for (const device of [phone, laptop, tablet]) assert.deepEqual(device.seqs(threadId), [1, 2]);
    assert.equal(chat.db.reads, reads);
  });
}

void test('WS-05 the delivery status counts the devices that have all that is stored', async () => {
  await using chat = await ChatTest.start();
  const { dana, threadId, phone } = await chat.watching();
  for (let index = 0; index < 2; index++) await chat.watch(dana, threadId);
  const { gateway } = chat.instance();
  const status = (ctx = dana): object => gateway.deliveryStatus(ctx, threadId);
  phone.pause();
  await chat.append(dana, threadId, chat.run().thoughts(250, 'comparing model prices '.repeat(40)));
  assert.deepEqual(status(), { total: 3, upToDate: 2, catchingUp: 1 });
  assert.deepEqual(status(chat.user('enterprise', dana.tenantId)), { total: 0, upToDate: 0, catchingUp: 0 });
  phone.resume();
  await chat.settled();
  assert.deepEqual(status(), { total: 3, upToDate: 3, catchingUp: 0 });
  await chat.send(phone, { type: 'unsubscribe', threadId });
  assert.deepEqual(status(), { total: 2, upToDate: 2, catchingUp: 0 });
});

void test('WS-13 while nothing is stored, nothing is read for devices that have all there is', async () => {
  await using chat = await ChatTest.start();
  const { dana, threadId } = await chat.watching();
  await chat.begin(dana, threadId);
  chat.db.reads = 0;
  await chat.pass(5_000);
  assert.equal(chat.db.reads, 0);
});

/** The beginning of the thread is gone, as after its retention. */
async function keepFrom(chat: ChatTest, ctx: TenantContext, threadId: ThreadId, first: number): Promise<void> {
  await chat.db.transaction(ctx, async (tx) => {
    await tx.execute(sql`delete from thread_events where thread_id = ${threadId} and seq < ${first}`);
    await tx.execute(sql`update thread_heads set first_seq = ${first} where thread_id = ${threadId}`);
  });
}

const RESUMING: readonly [what: string, first: number, after: number, from: number, reads: number][] = [
  ['from the start', 1, 0, 1, 3],
  ['from the middle', 1, 225, 226, 2],
  ['at the last but one', 1, 449, 450, 1],
  ['before the kept beginning', 101, 20, 101, 2],
  ['at the kept beginning', 101, 100, 101, 2],
];
for (const [what, first, after, from, reads] of RESUMING) {
  void test(`WS-06 a device is told what is kept of 450 events and sent the rest in pages of 200: ${what}`, async () => {
    await using chat = await ChatTest.start();
    const dana = chat.user();
    const threadId = await chat.thread(dana);
    await chat.append(dana, threadId, chat.run().thoughts(450));
    await keepFrom(chat, dana, threadId, first);
    const phone = await chat.connect(dana);
    chat.db.reads = 0;
    await chat.subscribe(phone, threadId, after);
    assert.deepEqual(phone.controls('subscribed'), [{ threadId, firstSeq: first, headSeq: 450 }]);
    assert.deepEqual(phone.seqs(threadId), range(from, 450));
    assert.deepEqual(phone.controls('caught_up'), [{ threadId, seq: 450 }]);
    assert.equal(chat.db.reads, reads);
  });
}

void test('WS-06 at the last event there is nothing to send but that the device has caught up', async () => {
  await using chat = await ChatTest.start();
  const { dana, threadId } = await chat.watching();
  await chat.append(dana, threadId, chat.run().thoughts(5));
  const laptop = await chat.connect(dana);
  await chat.subscribe(laptop, threadId, 5);
  assert.deepEqual([laptop.seqs(threadId), laptop.controls('caught_up')], [[], [{ threadId, seq: 5 }]]);
});

void test('WS-06 a device that knows more than there is is told to start over, and follows nothing', async () => {
  await using chat = await ChatTest.start();
  const dana = chat.user();
  const threadId = await chat.thread(dana);
  await chat.append(dana, threadId, chat.run().thoughts(5));
  const phone = await chat.connect(dana);
  await chat.subscribe(phone, threadId, 6);
  assert.deepEqual(phone.controls('error'), [
    { code: 'seq_ahead', message: 'The thread ends at 5. Start over, after 0.', field: 'afterSeq', headSeq: 5 },
  ]);
  assert.deepEqual(chat.instance().gateway.health(), { connections: 1, subscriptions: 0, draining: false });
  assert.equal(chat.heads.subscriptions, 0);
});

void test('WS-06 what is stored while a device subscribes is sent before it is told that it has caught up', async () => {
  await using chat = await ChatTest.start();
  const dana = chat.user();
  const threadId = await chat.thread(dana);
  await chat.append(dana, threadId, chat.run().thoughts(5));
  const phone = await chat.connect(dana);
  const drafts = chat.run().all('question', 'start');
  chat.db.duringNextRead = () =>
    chat.db.transaction(dana, (tx) => chat.instance().threadLog.append(dana, threadId, drafts, tx));
  await chat.subscribe(phone, threadId, 2);
  assert.deepEqual(phone.seqs(threadId), range(3, 7));
  assert.deepEqual(phone.controls('caught_up'), [{ threadId, seq: 7 }]);
});

/** So many events, as if stored long ago. */
async function addHistory(chat: ChatTest, ctx: TenantContext, threadId: ThreadId, count: number): Promise<void> {
  const { runId, data } = chat.run().one('thought');
  const ids = Array.from({ length: count }, () => chat.ids.next('event'));
  await chat.db.transaction(ctx, async (tx) => {
    await tx.execute(sql`
      insert into thread_events (tenant_id, thread_id, seq, id, type, run_id, at, data)
      select ${ctx.tenantId}, ${threadId}, e.seq, e.id, 'agent_thinking', ${runId}, ${new Date(chat.clock.now())},
        ${JSON.stringify(data)}::jsonb
      from unnest(${ids}::text[]) with ordinality as e(id, seq)`);
    await tx.execute(sql`update thread_heads set head_seq = ${count} where thread_id = ${threadId}`);
  });
}

void test('WS-06 events made during a catch-up of 5,000 come after it, none twice, and nobody else waits for it', async () => {
  await using chat = await ChatTest.start();
  const dana = chat.user();
  const threadId = await chat.thread(dana);
  await addHistory(chat, dana, threadId, 5_000);
  const leo = chat.user('free');
  const leosThread = await chat.thread(leo);
  const tablet = await chat.watch(leo, leosThread);
  const phone = await chat.connect(dana);
  let maxWaitingBytes = 0;
  const reach = async (isReached: () => boolean): Promise<void> => {
    for (let turns = 0; !isReached(); turns++) {
      assert(turns < 1_000_000, 'the catch-up never gets that far');
      maxWaitingBytes = Math.max(maxWaitingBytes, chat.instance().waitingBytes);
      await turn();
    }
  };
  const append = (ctx: TenantContext, to: ThreadId, count: number): Promise<unknown> =>
    chat.db.transaction(ctx, (tx) => {
      const drafts = chat.run().thoughts(count);
      return chat.instance().threadLog.append(ctx, to, drafts, tx);
    });
  phone.send({ type: 'subscribe', threadId, afterSeq: 0 });
  await reach(() => phone.received.length > 1_000);
  phone.pause();
  await append(dana, threadId, 10);
  const whenStored = phone.received.length;
  await append(leo, leosThread, 2);
  await reach(() => tablet.seqs(leosThread).length === 2);
  assert(whenStored < 2_500 && phone.received.length < 2_500, 'others waited for the catch-up');
  phone.resume();
  await reach(() => phone.controls('caught_up').length > 0);
  await chat.settled();
  assert.deepEqual(phone.seqs(threadId), range(1, 5_010));
  assert.deepEqual(phone.controls('caught_up'), [{ threadId, seq: 5_010 }]);
  assert(maxWaitingBytes > 0 && maxWaitingBytes <= 1_048_576, `${maxWaitingBytes} bytes waited`);
});

void test('WS-04 a thread that is deleted ends on every device within a second, and other threads go on', async () => {
  await using chat = await ChatTest.start();
  const { dana, threadId, phone } = await chat.watching();
  const other = await chat.thread(dana, 'Team offsite');
  await chat.subscribe(phone, other);
  await chat.threads().delete(dana, threadId);
  await chat.pass(3_000);
  assert.deepEqual(phone.controls('error'), [
    { code: 'thread_not_found', message: 'There is no such thread.', field: 'threadId' },
  ]);
  assert.deepEqual(chat.instance().gateway.health().subscriptions, 1);
  await chat.begin(dana, other, ['question']);
  assert.deepEqual(phone.seqs(other), [1]);
});

void test('WS-04 a stranger who asks for a thread while it is read for its owner gets nothing of it', async () => {
  await using chat = await ChatTest.start();
  const dana = chat.user();
  const threadId = await chat.thread(dana);
  await chat.append(dana, threadId, chat.run().thoughts(5));
  const phone = await chat.connect(dana);
  const strangers = [await chat.connect(chat.user('enterprise', dana.tenantId)), await chat.connect(chat.user())];
  const reading = Promise.withResolvers<void>();
  const isRead = new Promise<void>((resolve) => {
    chat.db.duringNextRead = () => {
      resolve();
      return reading.promise;
    };
  });
  phone.send({ type: 'subscribe', threadId, afterSeq: 0 });
  await isRead;
  for (const stranger of strangers) {
    stranger.send({ type: 'subscribe', threadId, afterSeq: 0 });
    while (stranger.unreadBytes > 0) await turn();
  }
  for (let turns = 0; turns < 20; turns++) await turn();
  reading.resolve();
  await chat.settled();
  assert.deepEqual(phone.seqs(threadId), range(1, 5));
  for (const stranger of strangers)
    assert.deepEqual([stranger.seqs(threadId), stranger.errors], [[], ['thread_not_found']]);
});

void test('WS-20 all devices of a person are told of a changed thread, on every instance, and a deleted one ends at once', async () => {
  await using chat = await ChatTest.start();
  const { dana, threadId, phone } = await chat.watching();
  const laptop = await chat.connect(dana, { at: 1 });
  const colleague = await chat.connect(chat.user('enterprise', dana.tenantId), { at: 1 });
  const { gateway } = chat.instance();
  await gateway.threadChanged(dana, threadId, 'renamed');
  await chat.begin(dana, threadId, ['question']);
  assert.deepEqual([phone.seqs(threadId), phone.errors], [[1], []], 'a renamed thread is followed as before');
  await gateway.threadChanged(dana, threadId, 'deleted');
  await chat.settled();
  const changes = [{ change: 'renamed' }, { change: 'deleted' }];
  assert.deepEqual([phone.controls('thread_changed'), laptop.controls('thread_changed')], [changes, changes]);
  assert.deepEqual([phone.errors, laptop.errors], [['thread_not_found'], []]);
  assert.deepEqual(colleague.controls('thread_changed'), []);
});

void test('WS-20 while Redis is away, the devices of the instance that is asked are told of a changed thread', async () => {
  await using chat = await ChatTest.start();
  const { dana, threadId, phone } = await chat.watching();
  const laptop = await chat.connect(dana, { at: 1 });
  chat.setRedis(false);
  await chat.instance().gateway.threadChanged(dana, threadId, 'renamed');
  await chat.settled();
  assert.deepEqual(
    [phone.controls('thread_changed'), laptop.controls('thread_changed')],
    [[{ change: 'renamed' }], []],
  );
});
