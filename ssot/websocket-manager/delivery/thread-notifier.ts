import { z } from 'zod';
import { servicePrincipal, sql, type TenantContext, type ThreadEvent, type ThreadId } from '../../kernel';
import type { ThreadNotifierDeps, ThreadNotifier, ThreadHeadListener } from '../contract';
import { PeerSubscription } from './peer-subscription';

/** With the time to query and to read, what a lost notification left out arrives within a second of being stored. */
const POLL_INTERVAL_MS = 750;
const headRow = z.object({ thread_id: z.custom<ThreadId>(), head_seq: z.coerce.number() });

interface Topic {
  readonly threadId: ThreadId;
  readonly listeners: Set<ThreadHeadListener>;
  /** To the notifications of other instances. */
  readonly peer: PeerSubscription;
  /** The last head that was published here; other instances repeat what this one has notified. */
  head: number;
}

/** Notifies of new events: at once on this instance, over Redis between instances, by polling PostgreSQL for what was lost. */
export function createThreadNotifier(deps: ThreadNotifierDeps): ThreadNotifier {
  return new Notifier(deps);
}

class Notifier implements ThreadNotifier {
  readonly #topics = new Map<string, Topic>();
  #polling: Disposable | undefined;

  constructor(private readonly deps: ThreadNotifierDeps) {}

  async notify(ctx: TenantContext, threadId: ThreadId, events: readonly ThreadEvent[]): Promise<void> {
    const head = (events.at(-1) as ThreadEvent).seq;
    this.#publishHere(threadId, head, events);
    try {
      await this.deps.bus.publish(ctx, threadId, head);
    } catch (error) {
      // Only a hint: the other instances find it by polling, within a second.
      this.deps.metrics.count('chat_hints_lost_total');
      this.deps.logger.debug({ reason: String(error) }, 'a hint could not be sent');
    }
  }

  subscribe(ctx: TenantContext, threadId: ThreadId, on: ThreadHeadListener): Disposable {
    const topic = this.#topics.get(threadId) ?? this.#open(ctx, threadId);
    topic.listeners.add(on);
    this.#schedule();
    return new Listening(this, topic, on);
  }

  unsubscribe(topic: Topic, on: ThreadHeadListener): void {
    topic.listeners.delete(on);
    if (topic.listeners.size > 0 || this.#topics.get(topic.threadId) !== topic) return;
    this.#topics.delete(topic.threadId);
    void topic.peer[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#polling?.[Symbol.dispose]();
    const topics = [...this.#topics.values()];
    this.#topics.clear();
    await Promise.all(topics.map(({ peer }) => peer[Symbol.asyncDispose]()));
  }

  #publishHere(threadId: ThreadId, head: number | null, events: readonly ThreadEvent[] = []): void {
    const topic = this.#topics.get(threadId);
    if (topic === undefined) return;
    topic.head = head ?? topic.head;
    for (const listener of topic.listeners) listener(head, events);
  }

  #open(ctx: TenantContext, threadId: ThreadId): Topic {
    const hear = (head: number | null): void => {
      if (head === null || head > topic.head) this.#publishHere(threadId, head);
    };
    const subscribe = (): Promise<AsyncDisposable> => this.deps.bus.subscribe(ctx, threadId, hear);
    const peer = new PeerSubscription(subscribe, this.deps.logger);
    const topic: Topic = { threadId, listeners: new Set(), peer, head: 0 };
    this.#topics.set(threadId, topic);
    peer.open();
    return topic;
  }

  #schedule(): void {
    if (this.#polling !== undefined) return;
    this.#polling = this.deps.clock.after(POLL_INTERVAL_MS, () => {
      void this.#poll().finally(() => {
        this.#polling = undefined;
        if (this.#topics.size > 0) this.#schedule();
      });
    });
  }

  /** One query for all open threads; of a thread that is gone, subscribers find out by reading. */
  async #poll(): Promise<void> {
    const topics = [...this.#topics.values()];
    if (topics.length === 0) return;
    for (const { peer } of topics) peer.open();
    try {
      const ids = topics.map(({ threadId }) => threadId);
      const heads = await this.deps.db.asService(
        servicePrincipal('thread-head-poll'),
        (tx) => tx.query(sql`select thread_id, head_seq from thread_heads where thread_id = any(${ids})`, headRow),
        { readOnly: true, limitMs: 5_000 },
      );
      const known = new Map(heads.map((row) => [row.thread_id, row.head_seq]));
      for (const id of ids) this.#publishHere(id, known.get(id) ?? null);
    } catch (error) {
      this.deps.logger.warn({ reason: String(error) }, 'open threads could not be polled; the next poll tries again');
    }
  }
}

/** One subscription of one connection; there are as many as open threads, so it holds no more than it needs. */
class Listening implements Disposable {
  constructor(
    private readonly notifier: Notifier,
    private readonly topic: Topic,
    private readonly on: ThreadHeadListener,
  ) {}

  [Symbol.dispose](): void {
    this.notifier.unsubscribe(this.topic, this.on);
  }
}
