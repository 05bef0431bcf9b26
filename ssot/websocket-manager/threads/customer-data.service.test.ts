import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countedOf, exportedOf } from '../../../support/module-tests/customer-data/told-of';
import { stores } from '../../../support/module-tests/stores';
import { RunDrafts } from '../../../support/module-tests/chat/run-drafts';
import { systemClock, vouchFor, type Subject, type TenantContext, type TenantId } from '../../kernel';
import { limitsOfPlans } from '../../configuration-manager';
import { createThreadLog } from './log/thread-log';
import { createThreads } from './threads';
import { chatCustomerData } from './customer-data';

const { ids } = stores;
const MANY = { threadsPerPerson: 1_000, threadsPerTenant: 1_000 };
const limits = limitsOfPlans({ free: MANY, early: MANY, mid: MANY, enterprise: MANY });

describe('threads as data of people and companies', () => {
  async function open() {
    const db = await stores.database();
    const notifier = { notify: () => Promise.resolve(), subscribe: () => assert.fail() };
    const log = createThreadLog({ db, clock: systemClock, notifier: notifier as never });
    const threads = createThreads({ db, clock: systemClock, ids, limits });
    const data = chatCustomerData(db);
    return {
      data,
      /** A thread of this person with so many events. */
      thread: async (ctx: TenantContext, title: string, events = 0) => {
        const { threadId } = await threads.create(ctx, title);
        for (let left = events; left > 0; left -= 300) {
          const drafts = new RunDrafts(ids).thoughts(Math.min(left, 300));
          await db.transaction(ctx, (tx) => log.append(ctx, threadId, drafts, tx));
        }
        return threadId;
      },
      counted: (subject: Subject) => countedOf(data, subject),
      exported: (subject: Subject) => exportedOf(data, subject),
    };
  }

  void it('SP-09 of a person all threads and events are told and erased, however many, and nothing of a colleague', async () => {
    const { data, thread, counted, exported } = await open();
    const dana = person();
    const ravi = person(dana.tenantId);
    const longest = await thread(dana, 'Q3 spend', 501);
    const others: string[] = [];
    for (let each = 0; each < 50; each++) others.push(await thread(dana, `Question ${each}`, each === 49 ? 3 : 0));
    await thread(ravi, "Ravi's own", 4);
    assert.deepEqual(await counted(of(dana)), { thread: 51, thread_events: 504, thread_counts: 1 });
    const told = await exported(of(dana));
    const events = told.filter(({ place }) => place === 'thread_events').map(({ record }) => record as { seq: number });
    assert.deepEqual(
      events.map(({ seq }) => seq),
      [...Array.from({ length: 501 }, (_, index) => index + 1), 1, 2, 3],
    );
    assert.deepEqual(
      told.flatMap(({ place, record }) => (place === 'thread' ? [(record as { threadId: string }).threadId] : [])),
      [longest, ...others],
    );
    assert.partialDeepStrictEqual(told[0]?.record, { threadId: longest, userId: dana.userId, title: 'Q3 spend' });
    assert.partialDeepStrictEqual(events[0], {
      threadId: longest,
      type: 'user_message',
      data: { text: 'Why so much?' },
    });
    await data.erase(of(dana));
    assert.deepEqual(await counted(of(dana)), { thread: 0, thread_events: 0, thread_counts: 0 });
    assert.deepEqual(await exported(of(dana)), []);
    assert.deepEqual(await counted(of(ravi)), { thread: 1, thread_events: 4, thread_counts: 1 });
  });

  void it('SP-09 of a company the threads of all its people are told and erased, and nothing of its neighbour', async () => {
    const { data, thread, counted, exported } = await open();
    const [dana, leo] = [person(), person()];
    await thread(dana, 'Q3 spend', 3);
    await thread(person(dana.tenantId), "Ravi's own", 4);
    await thread(leo, 'Of the neighbour', 5);
    const company = { tenantId: dana.tenantId };
    assert.partialDeepStrictEqual(await counted(company), { thread: 2, thread_events: 7 });
    assert.equal((await exported(company)).length, 9);
    await data.erase(company);
    assert.deepEqual(await counted(company), { thread: 0, thread_events: 0, thread_counts: 0 });
    assert.partialDeepStrictEqual(await counted({ tenantId: leo.tenantId }), { thread: 1, thread_events: 5 });
  });
});

function person(tenantId: TenantId = ids.next('tenant')): TenantContext {
  return vouchFor({ tenantId, userId: ids.next('user'), plan: 'enterprise', permissions: ['chat:use'] });
}

const of = ({ tenantId, userId }: TenantContext): Subject => ({ tenantId, userId });
