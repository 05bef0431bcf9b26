import { z } from 'zod';
import { servicePrincipal, sql, type TenantContext, type ThreadEvent, type ThreadId } from '../kernel';
import type { AnnouncementPorts, Announcements, Growth } from './contract';

/** With the time to ask and to read, what a lost hint left out arrives within a second of being stored. */
const SWEEP_MS = 750;
const headRow = z.object({ thread_id: z.custom<ThreadId>(), head_seq: z.coerce.number() });

interface Topic {
  readonly ctx: TenantContext;
  readonly threadId: ThreadId;
  readonly listeners: Set<Growth>;
  /** What was told last; the word of other instances repeats what this one has announced. */
  head: number;
  /** The word from other instances; absent while Redis does not answer. */
  word: AsyncDisposable | 'asked' | undefined;
}

/** Passes on that threads have grown: at once on this instance, by hint between instances, by sweep when hints are lost. */
export function createAnnouncements(ports: AnnouncementPorts): Announcements {
  return new Fanout(ports);
}

class Fanout implements Announcements {
  readonly #topics = new Map<string, Topic>();
  #sweeping: Disposable | undefined;
  #closed = false;

  constructor(private readonly ports: AnnouncementPorts) {}

  async announce(ctx: TenantContext, threadId: ThreadId, events: readonly ThreadEvent[]): Promise<'now' | 'by_sweep'> {
    const head = (events.at(-1) as ThreadEvent).seq;
    this.#tell(threadId, head, events);
    try {
      await this.ports.bus.publish(ctx, threadId, head);
      return 'now';
    } catch (error) {
      // Only a hint: the other instances' sweeps find it within a second.
      this.ports.metrics.count('chat_hints_lost_total');
      this.ports.log.debug({ reason: String(error) }, 'a hint could not be sent');
      return 'by_sweep';
    }
  }

  follow(ctx: TenantContext, threadId: ThreadId, on: Growth): Disposable {
    let topic = this.#topics.get(threadId);
    if (topic === undefined) {
      topic = { ctx, threadId, listeners: new Set(), head: 0, word: undefined };
      this.#topics.set(threadId, topic);
      this.#listen(topic);
    }
    topic.listeners.add(on);
    this.#schedule();
    const followed = topic;
    return {
      [Symbol.dispose]: () => {
        followed.listeners.delete(on);
        if (followed.listeners.size === 0 && this.#topics.get(threadId) === followed) {
          this.#topics.delete(threadId);
          this.#release(followed);
        }
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#sweeping?.[Symbol.dispose]();
    const topics = [...this.#topics.values()];
    this.#topics.clear();
    for (const topic of topics) this.#release(topic);
    await Promise.resolve();
  }

  #tell(threadId: ThreadId, head: number | null, events: readonly ThreadEvent[] = []): void {
    const topic = this.#topics.get(threadId);
    if (topic === undefined) return;
    topic.head = head ?? topic.head;
    for (const listener of topic.listeners) listener(head, events);
  }

  #listen(topic: Topic): void {
    topic.word = 'asked';
    this.ports.bus
      .follow(topic.ctx, topic.threadId, (head) => {
        if (head === null || head > topic.head) this.#tell(topic.threadId, head);
      })
      .then((word) => {
        topic.word = word;
        if (this.#topics.get(topic.threadId) !== topic) this.#release(topic);
      })
      .catch((error: unknown) => {
        // Asked for again by the sweep, which until then finds what is new by itself.
        topic.word = undefined;
        this.ports.log.debug({ reason: String(error) }, 'no word from other instances about a thread');
      });
  }

  #release(topic: Topic): void {
    const word = topic.word;
    if (word === undefined || word === 'asked') return;
    topic.word = undefined;
    Promise.resolve(word[Symbol.asyncDispose]()).catch((error: unknown) => {
      this.ports.log.debug({ reason: String(error) }, 'a word from other instances could not be given up');
    });
  }

  #schedule(): void {
    if (this.#sweeping !== undefined || this.#closed) return;
    this.#sweeping = this.ports.clock.after(SWEEP_MS, () => {
      void this.#sweep().finally(() => {
        this.#sweeping = undefined;
        if (this.#topics.size > 0) this.#schedule();
      });
    });
  }

  /** One question for all open threads; a thread that is gone is looked at by those who follow it. */
  async #sweep(): Promise<void> {
    const topics = [...this.#topics.values()];
    if (topics.length === 0) return;
    for (const topic of topics) if (topic.word === undefined) this.#listen(topic);
    try {
      const ids = topics.map(({ threadId }) => threadId);
      const heads = await this.ports.db.asService(
        servicePrincipal('chat-sweep'),
        (tx) => tx.query(sql`select thread_id, head_seq from thread_heads where thread_id = any(${ids})`, headRow),
        { readOnly: true, limitMs: 5_000 },
      );
      const known = new Map(heads.map((row) => [row.thread_id, row.head_seq]));
      for (const id of ids) this.#tell(id, known.get(id) ?? null);
    } catch (error) {
      this.ports.log.warn({ reason: String(error) }, 'open threads could not be swept; the next sweep tries again');
    }
  }
}
