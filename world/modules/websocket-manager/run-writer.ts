import { type createIdSource } from '../../../ssot/id-manager';
import {
  noMetrics,
  silentLogger,
  systemClock,
  vouchFor,
  type EventDraft,
  type PlatformError,
  type RunId,
  type TenantContext,
  type ThreadId,
  type ThreadLog,
  type Transactions,
} from '../../../ssot/kernel';
import { createThreadLog, createThreadNotifier } from '../../../ssot/websocket-manager';
import { threadHeadsOver } from '../../../platform/wiring/hints';
import type { StateManager } from '../../../ssot/state-manager';
import type { Connections } from '../../stores/connections';
import type { Person } from '../../actors/person';

interface Host {
  readonly connections: Connections;
  /** A further instance of the working state that the serving platform uses. */
  readonly state: { readonly customers: { openAnother(): Promise<StateManager> } };
  own<T extends AsyncDisposable>(thing: T): T;
}

type Kind = 'question' | 'start' | 'thought' | 'result' | 'report' | 'cancellation';

/** The agents of a person, who write runs into a thread as instances of the platform do: through the module, on PostgreSQL. */
export class RunWriter {
  /** The refusals, in order. */
  readonly refusals: PlatformError[] = [];
  /** The runs that were written, with their events in the order handed in. */
  readonly written: (readonly string[])[] = [];
  readonly #runId: RunId;

  private constructor(
    private readonly db: Transactions,
    private readonly ids: ReturnType<typeof createIdSource>,
    private readonly ctx: TenantContext,
    private readonly threadId: ThreadId,
    private readonly logs: readonly ThreadLog[],
  ) {
    this.#runId = ids.next('run');
  }

  /** For the thread that the person has opened last, on two instances that tell the others over Redis, as the platform's do. */
  static async of(person: Person, host: Host): Promise<RunWriter> {
    const { connections } = host;
    const db = await connections.database();
    const [tenantId, userId] = [await person.tenant.id(), await person.register()];
    const ctx = vouchFor({ tenantId, userId, plan: 'enterprise', permissions: ['chat:use'] });
    const deps = { db, clock: systemClock, logger: silentLogger, metrics: noMetrics };
    const logs = [0, 1].map(async () => {
      const bus = threadHeadsOver(await host.state.customers.openAnother());
      return createThreadLog({ ...deps, notifier: host.own(createThreadNotifier({ ...deps, bus })) });
    });
    return new RunWriter(db, connections.ids, ctx, person.thread(), await Promise.all(logs));
  }

  /** All or none; a refusal is kept. */
  async write(kinds: readonly Kind[], instance = 0): Promise<void> {
    await this.#append(
      kinds.map((kind) => this.#draft(kind, this.#runId)),
      instance,
    );
  }

  /** One instance hands in the report while the other one hands in a cancellation. */
  async endTwiceAtOnce(): Promise<void> {
    await Promise.all([this.write(['report'], 0), this.write(['cancellation'], 1)]);
  }

  /** So many runs of so many events each, all at once, event by event. */
  async writeRunsAtOnce(runs: number, events: number): Promise<void> {
    await Promise.all(
      Array.from({ length: runs }, async (_, index) => {
        const drafts = this.#run(events);
        this.written.push(drafts.map(({ id }) => id));
        for (const draft of drafts) await this.#append([draft], index % 2);
      }),
    );
  }

  /** A run whose events are about so large. */
  async writeLong(events: number, bytes: number): Promise<void> {
    const note = 'comparing model prices '.repeat(Math.ceil(bytes / 23));
    const drafts = this.#run(events).map((draft): EventDraft =>
      draft.type === 'agent_thinking' ? { ...draft, data: { step: 'compare', note } } : draft,
    );
    for (let from = 0; from < drafts.length; from += 50) await this.#append(drafts.slice(from, from + 50));
  }

  /** Hands in a question and undoes the work it belongs to. */
  async writeAndUndo(): Promise<void> {
    const undone = new Error('undone on purpose');
    const work = this.db.transaction(this.ctx, async (tx) => {
      await (this.logs[0] as ThreadLog).append(
        this.ctx,
        this.threadId,
        [this.#draft('question', this.ids.next('run'))],
        tx,
      );
      throw undone;
    });
    await work.catch((failure: unknown) => {
      if (failure !== undone) throw failure;
    });
  }

  #run(events: number): EventDraft[] {
    const runId = this.ids.next('run');
    const kinds: Kind[] = ['question', 'start', ...Array<Kind>(events - 2).fill('thought')];
    return kinds.map((kind) => this.#draft(kind, runId));
  }

  async #append(drafts: readonly EventDraft[], instance = 0): Promise<void> {
    try {
      await this.db.transaction(this.ctx, (tx) =>
        (this.logs[instance] as ThreadLog).append(this.ctx, this.threadId, drafts, tx),
      );
    } catch (refusal) {
      this.refusals.push(refusal as PlatformError);
    }
  }

  #draft(kind: Kind, runId: RunId): EventDraft {
    const id = this.ids.next('event');
    const event = { id, runId, agent: null };
    const { userId } = this.ctx;
    switch (kind) {
      case 'question': {
        const data = { text: 'Where does our money go?', clientMessageId: id, userId, waiting: 0 };
        return { ...event, type: 'user_message', data };
      }
      case 'start':
        return { ...event, type: 'agent_started', data: { question: 'Where does our money go?' } };
      case 'thought':
        return { ...event, type: 'agent_thinking', data: { step: 'compare', note: 'comparing model prices' } };
      case 'result': {
        const data = { callId: this.ids.next('call'), outcome: 'ok', summary: {}, more: false, tookMs: 3 } as const;
        return { ...event, type: 'tool_completed', data };
      }
      case 'report':
        return { ...event, type: 'agent_completed', data: { report: { text: '45.00 USD' } } };
      case 'cancellation':
        return { ...event, type: 'agent_cancelled', data: { userId } };
    }
  }
}
