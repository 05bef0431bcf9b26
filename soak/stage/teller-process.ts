import { startPlatform } from '../../platform';
import { createLogger } from '../../platform/logging/logging';
import { agentsDatabase } from '../../bench/connections/contestants/agents-database';
import { answering } from '../../bench/connections/asking';
import { loadBase } from '../../ssot/configuration-manager';
import { createIdSource } from '../../ssot/id-manager';
import {
  noMetrics,
  pause,
  PERMISSIONS,
  systemClock,
  systemRandom,
  vouchFor,
  type EventDraft,
  type RunId,
  type TenantContext,
  type TenantId,
  type ThreadId,
  type UserId,
} from '../../ssot/kernel';

/** A thread in which an agent has begun to answer. */
interface Room {
  readonly ctx: TenantContext;
  readonly threadId: ThreadId;
  readonly runId: RunId;
}

const NOTE = 'Adding up calls and cost by provider and model, for each week of the period that was asked for. '.repeat(
  2,
);
const THOUGHT = { type: 'agent_thinking', data: { step: 'query', note: NOTE }, agent: 'data' } as const;
/** Events of one transaction. */
const BATCH = 250;
const log = createLogger('error');
const ids = createIdSource({ clock: systemClock, random: systemRandom, logger: log, metrics: noMetrics });
const rooms: Room[] = [];
let platform: Awaited<ReturnType<typeof startPlatform>> | undefined;
let database: Awaited<ReturnType<typeof agentsDatabase>> | undefined;

/** An instance of the platform, whole, that works on answers while others have the devices: it writes as agents write. */
const teller = {
  async start(): Promise<void> {
    const base = await loadBase({ variables: process.env, clock: systemClock, log });
    platform = await startPlatform(base, { clock: systemClock, time: 'server', random: systemRandom, log });
    database = await agentsDatabase(base, log);
  },
  async begin({ tenantId, userId, threadId }: Whose): Promise<void> {
    const ctx = vouchFor({ tenantId, userId, plan: 'enterprise', permissions: [...PERMISSIONS] });
    const room = { ctx, threadId, runId: ids.next('run') };
    rooms.push(room);
    const question = { text: 'Why?', clientMessageId: 'soak', userId, waiting: 0 };
    await tell(room, { type: 'user_message', data: question, agent: null });
    await tell(room, { type: 'agent_started', data: { question: 'Why?' }, agent: 'triage' });
  },
  /** So many events in the thread that was begun first, as fast as they are stored. */
  async fill({ events }: { events: number }): Promise<void> {
    const [room] = rooms;
    for (let left = events; room !== undefined && left > 0; left -= BATCH) {
      await tell(room, ...Array.from({ length: Math.min(left, BATCH) }, () => THOUGHT));
    }
  },
  /** So many events a second in each thread but the first few, evenly; says how many each was told. */
  async steadily({ perSecond, forMs, but = 0 }: { perSecond: number; forMs: number; but?: number }): Promise<number> {
    const each = Math.round((perSecond * forMs) / 1_000);
    const began = performance.now();
    const everyMs = 1_000 / perSecond;
    const play = async (room: Room, place: number): Promise<void> => {
      for (let number = 0; number < each; number += 1) {
        const due = began + (number + place / rooms.length) * everyMs;
        await pause(systemClock, Math.max(0, due - performance.now()));
        await tell(room, THOUGHT);
      }
    };
    await Promise.all(rooms.slice(but).map(play));
    return each;
  },
  async stop(): Promise<void> {
    await database?.drain(0);
    await platform?.stop();
  },
};
interface Whose {
  readonly tenantId: TenantId;
  readonly userId: UserId;
  readonly threadId: ThreadId;
}
export type TellerAnswers = typeof teller;
answering(teller);

type Draft = Pick<EventDraft, 'type' | 'data' | 'agent'>;

async function tell({ ctx, threadId, runId }: Room, ...drafts: Draft[]): Promise<void> {
  const threadLog = platform?.services.log;
  if (threadLog === undefined || database === undefined) throw new Error('the instance has not been started');
  const events = drafts.map((draft) => ({ id: ids.next('event'), runId, ...draft }) as EventDraft);
  await database.transaction(ctx, (tx) => threadLog.append(ctx, threadId, events, tx));
}
