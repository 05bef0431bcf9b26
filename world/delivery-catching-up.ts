import { setImmediate as turn } from 'node:timers/promises';
import { sql, type EventDraft, type Id } from '../ssot/kernel';
import type { Delivery } from './delivery';
import { RunInWords } from './delivery-words';
import type { PersonName } from './personas';

type Names = ConstructorParameters<typeof RunInWords>[0] & { next(kind: 'event'): Id<'event'> };

/** A long story that is read from its start, and what else happens meanwhile. */
export class CatchingUp {
  /** How many events the device had been shown when all that happened meanwhile was stored, and when others saw theirs. */
  shownWhenStored = 0;
  shownWhenOthersSaw = 0;
  mostWaitingBytes = 0;

  constructor(
    private readonly delivery: Delivery,
    private readonly now: () => number,
    private readonly names: Names,
  ) {}

  /** So many events, as if told long ago. */
  async ground(name: PersonName, title: string, count: number): Promise<void> {
    const threadId = await this.delivery.threadOf(name, title);
    const context = this.delivery.contextOf(name);
    const { runId, data } = new RunInWords(this.names).one('a thought');
    const ids = Array.from({ length: count }, () => this.names.next('event'));
    await this.delivery.db.transaction(context, async (tx) => {
      await tx.execute(sql`
        insert into thread_events (tenant_id, thread_id, seq, id, type, run_id, at, data)
        select ${context.tenantId}, ${threadId}, e.seq, e.id, 'agent_thinking', ${runId}, ${new Date(this.now())},
          ${JSON.stringify(data)}::jsonb
        from unnest(${ids}::text[]) with ordinality as e(id, seq)`);
      await tx.execute(sql`update thread_heads set head_seq = ${count} where thread_id = ${threadId}`);
    });
  }

  /**
   * A device follows from the start, and after a fifth of the story its network stands still: meanwhile its owner's agent
   * tells `more` events, and the other's one.
   */
  async whileTelling(name: PersonName, device: string, title: string, more: number, other: PersonName): Promise<void> {
    const reader = await this.delivery.open(name, device);
    const threadId = this.delivery.thread(title);
    const { headSeq } = await this.delivery.instance().log.read(this.delivery.contextOf(name), threadId, 0, 1);
    reader.say({ type: 'subscribe', threadId, afterSeq: 0 });
    await this.#until(() => reader.events >= headSeq / 5);
    reader.stopReading();
    await this.#tellOf(name, title, more);
    this.shownWhenStored = reader.events;
    await this.#tellOf(other, `${other}'s own`, 1);
    await this.#until(() => this.delivery.device(other, 'tablet').events > 0);
    this.shownWhenOthersSaw = reader.events;
    reader.readAgain();
    await this.#until(() => reader.events >= headSeq + more);
    await this.delivery.db.settled();
  }

  /** One after the other, without waiting for what follows. */
  async #tellOf(name: PersonName, title: string, count: number): Promise<void> {
    const run = new RunInWords(this.names);
    const drafts: EventDraft[] = ['the question', 'the start', ...Array<string>(count).fill('a thought')]
      .slice(0, count)
      .map((words) => run.one(words));
    const context = this.delivery.contextOf(name);
    for (const draft of drafts)
      await this.delivery.instance().log.append(context, this.delivery.thread(title), [draft]);
  }

  async #until(reached: () => boolean): Promise<void> {
    for (let turns = 0; !reached(); turns++) {
      if (turns > MOST_TURNS) throw new Error('the catch-up never gets that far');
      this.mostWaitingBytes = Math.max(this.mostWaitingBytes, this.delivery.instance().waitingBytes);
      await turn();
    }
  }
}

/** Far more turns of the event loop than a catch-up takes. */
const MOST_TURNS = 1_000_000;
