import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stores } from '../../../../support/module-tests/stores';
import { limitsOfPlans, plans } from '../../../configuration-manager';
import {
  sql,
  systemClock,
  vouchFor,
  type EventDraft,
  type TenantContext,
  type ThreadId,
  type Transaction,
  type Transactions,
} from '../../../kernel';
import { createThreadLog, createThreads, type ThreadNotifier } from '../..';

const { ids } = stores;
const notifier: ThreadNotifier = {
  notify: () => Promise.resolve(),
  subscribe: () => ({ [Symbol.dispose]: () => {} }),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

/** A thread in which a run has started, written to by two instances of which each counts what it asks before it writes. */
async function twoInstances() {
  const database = await stores.database();
  const ctx = vouchFor({
    tenantId: ids.next('tenant'),
    userId: ids.next('user'),
    plan: 'enterprise',
    permissions: ['chat:use'],
  });
  const { threadId } = await createThreads({
    ...{ db: database, clock: systemClock, ids },
    limits: limitsOfPlans(plans),
  }).create(ctx, 'Q3 spend');
  const runId = ids.next('run');
  const draft = (rest: Pick<EventDraft, 'type' | 'data'>): EventDraft =>
    ({ id: ids.next('event'), runId, agent: 'data', ...rest }) as EventDraft;
  const thought = (note = 'Adding up.'): EventDraft => draft({ type: 'agent_thinking', data: { step: 'data', note } });
  const instances = [instance(database), instance(database)] as const;
  const question = { text: 'Why?', clientMessageId: 'one', userId: ctx.userId, waiting: 0 };
  await instances[0].append(ctx, threadId, [
    { ...draft({ type: 'user_message', data: question }), agent: null },
    draft({ type: 'agent_started', data: { question: 'Why?' } }),
  ]);
  return { ctx, threadId, instances, thought, draft, database };
}

function instance(database: Transactions) {
  let asked = 0;
  const counting = (tx: Transaction): Transaction => ({
    query: (...statement) => {
      asked += 1;
      return tx.query(...statement);
    },
    execute: (statement) => tx.execute(statement),
    send: (statement) => tx.send(statement),
    afterCommit: (then) => tx.afterCommit(then),
  });
  const log = createThreadLog({ db: database, notifier, clock: systemClock });
  return {
    /** The numbers they are stored under, and how many questions were asked before. */
    async append(ctx: TenantContext, threadId: ThreadId, drafts: readonly EventDraft[]) {
      asked = 0;
      const { events } = await database.transaction(ctx, (tx) => log.append(ctx, threadId, drafts, counting(tx)));
      return { numbers: events.map(({ seq }) => seq), asked };
    },
    stored: async (ctx: TenantContext, threadId: ThreadId) =>
      (await log.read(ctx, threadId, 0)).events.map(({ seq }) => seq),
  };
}

void test('WS-03 an instance that goes on with a thread asks nothing before it stores', async () => {
  const { ctx, threadId, instances, thought } = await twoInstances();
  const [one] = instances;
  assert.deepEqual(await one.append(ctx, threadId, [thought()]), { numbers: [3], asked: 0 });
  assert.deepEqual(await one.append(ctx, threadId, [thought(), thought()]), { numbers: [4, 5], asked: 0 });
});

void test('WS-03 an instance that has missed what another stored stores behind it, without a gap', async () => {
  const { ctx, threadId, instances, thought } = await twoInstances();
  const [one, two] = instances;
  assert.deepEqual((await two.append(ctx, threadId, [thought()])).numbers, [3]);
  assert.deepEqual((await one.append(ctx, threadId, [thought()])).numbers, [4]);
  assert.deepEqual((await two.append(ctx, threadId, [thought()])).numbers, [5]);
  assert.deepEqual(await one.stored(ctx, threadId), [1, 2, 3, 4, 5]);
});

void test('WS-03 an event handed in again is stored once and answers with its first number', async () => {
  const { ctx, threadId, instances, thought } = await twoInstances();
  const [one] = instances;
  const again = thought();
  assert.deepEqual((await one.append(ctx, threadId, [again])).numbers, [3]);
  assert.deepEqual((await one.append(ctx, threadId, [thought(), again])).numbers, [4, 3]);
  assert.deepEqual(await one.stored(ctx, threadId), [1, 2, 3, 4]);
});

void test('WS-08 a run that another instance has ended meanwhile is not gone on with', async () => {
  const { ctx, threadId, instances, thought, draft } = await twoInstances();
  const [one, two] = instances;
  await two.append(ctx, threadId, [draft({ type: 'agent_cancelled', data: { userId: ctx.userId } })]);
  await assert.rejects(one.append(ctx, threadId, [thought()]), { code: 'sequence_violation' });
  assert.deepEqual(await one.stored(ctx, threadId), [1, 2, 3]);
});

void test('WS-04 a thread that was deleted meanwhile is told to be none', async () => {
  const { ctx, threadId, instances, thought, database } = await twoInstances();
  await database.transaction(ctx, (tx) => tx.execute(sql`delete from thread where thread_id = ${threadId}`));
  await assert.rejects(instances[0].append(ctx, threadId, [thought()]), { code: 'thread_not_found' });
});

void test('WS-03 eight writers of one instance leave numbers without a gap', async () => {
  const { ctx, threadId, instances, thought } = await twoInstances();
  const writers = Array.from({ length: 8 }, async () => {
    for (let time = 0; time < 5; time += 1) await instances[0].append(ctx, threadId, [thought()]);
  });
  await Promise.all(writers);
  assert.deepEqual(
    await instances[0].stored(ctx, threadId),
    Array.from({ length: 42 }, (_, index) => index + 1),
  );
});
