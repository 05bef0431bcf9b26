import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestHeadBus } from '../../../support/module-tests/chat/buses';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import {
  noMetrics,
  silentLogger,
  vouchFor,
  type TenantId,
  type ThreadEvent,
  type ThreadId,
  type Transactions,
  type UserId,
} from '../../kernel';
import { createThreadNotifier } from './thread-notifier';

const dana = vouchFor({
  ...{ tenantId: 'acme' as TenantId, userId: 'dana' as UserId, plan: 'free', permissions: ['chat:use'] },
});
const [q3, q4] = ['Q3' as ThreadId, 'Q4' as ThreadId];
const eventsTo = (seq: number): readonly ThreadEvent[] => [{ seq } as ThreadEvent];
const settled = (): Promise<void> => new Promise(setImmediate);

/** A notifier whose database knows these heads. */
class Notified {
  readonly bus = new TestHeadBus();
  readonly clock = new ControlledClock();
  readonly heads = new Map<ThreadId, number>();
  /** What the listeners were told: `Q3 5 brought 5`. */
  readonly told: string[] = [];
  polls = 0;
  readonly notifier = createThreadNotifier({
    ...{ bus: this.bus, clock: this.clock, logger: silentLogger, metrics: noMetrics },
    db: { asService: () => this.#poll() } as object as Transactions,
  });

  listen(threadId: ThreadId): Disposable {
    return this.notifier.subscribe(dana, threadId, (head, events) => {
      const brought = events.map(({ seq }) => ` brought ${seq}`);
      this.told.push(`${threadId} ${head}${brought.join('')}`);
    });
  }

  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await settled();
  }

  async #poll(): Promise<unknown> {
    this.polls += 1;
    return Promise.resolve([...this.heads].map(([thread_id, head_seq]) => ({ thread_id, head_seq })));
  }
}

void test('WS-05 what an instance has notified itself it is not told again by the others', async () => {
  const notified = new Notified();
  const { notifier, bus, told } = notified;
  using _listener = notified.listen(q3);
  await settled();
  await notifier.notify(dana, q3, eventsTo(5));
  assert.deepEqual(told, ['Q3 5 brought 5']);
  for (const head of [4, 5, 6]) await bus.publish(dana, q3, head);
  assert.deepEqual(told.splice(0), ['Q3 5 brought 5', 'Q3 6']);
  bus.disturb();
  await bus.publish(dana, q3, 6);
  await bus.publish(dana, q4, 7);
  assert.deepEqual(told, ['Q3 null']);
});

void test('WS-11 all open threads are polled with one question, as long as somebody follows one', async () => {
  const notified = new Notified();
  const listeners = [notified.listen(q3), notified.listen(q3), notified.listen(q4)];
  notified.heads.set(q3, 5);
  await notified.pass(749);
  assert.equal(notified.polls, 0);
  await notified.pass(1);
  assert.deepEqual([notified.polls, notified.told.splice(0)], [1, ['Q3 5', 'Q3 5', 'Q4 null']]);
  listeners[0]?.[Symbol.dispose]();
  await notified.pass(750);
  assert.deepEqual([notified.told.splice(0), notified.bus.subscriptions], [['Q3 5', 'Q4 null'], 2]);
  listeners[1]?.[Symbol.dispose]();
  await notified.pass(750);
  assert.deepEqual([notified.polls, notified.told, notified.bus.subscriptions], [3, ['Q4 null'], 1]);
  listeners[2]?.[Symbol.dispose]();
  await notified.pass(750);
  await notified.pass(750);
  assert.deepEqual([notified.polls, notified.bus.subscriptions], [3, 0]);
});

void test('WS-05 whoever leaves a thread twice takes nothing from who has come meanwhile', async () => {
  const notified = new Notified();
  const first = notified.listen(q3);
  await settled();
  first[Symbol.dispose]();
  notified.listen(q3);
  await settled();
  first[Symbol.dispose]();
  await settled();
  await notified.notifier.notify(dana, q3, eventsTo(1));
  assert.deepEqual([notified.told, notified.bus.subscriptions], [['Q3 1 brought 1'], 1]);
});

void test('WS-07 a notifier that is closed polls no more and listens to nobody', async () => {
  const notified = new Notified();
  notified.listen(q3);
  await settled();
  await notified.notifier[Symbol.asyncDispose]();
  assert.equal(notified.bus.subscriptions, 0);
  await notified.pass(2_000);
  notified.listen(q4);
  await notified.pass(2_000);
  assert.equal(notified.polls, 0);
});
