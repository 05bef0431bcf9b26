import type { CallId, EventId, RunId, ThreadId, UserId } from './id';
import type { TenantContext } from './tenant-context';
import type { Transaction } from '../ports/transactions';

export const AGENT_KINDS = ['triage', 'data', 'optimisation', 'action-planning', 'reporting'] as const;
export type AgentKind = (typeof AGENT_KINDS)[number];

/** JSON as it travels. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What each event of a thread's story carries. */
export interface EventData {
  user_message: { text: string; clientMessageId: string; userId: UserId; waiting: number };
  agent_started: { question: string };
  agent_thinking: { step: string; note: string };
  tool_executing: { callId: CallId; tool: string; input: Json };
  tool_completed: {
    callId: CallId;
    outcome: 'ok' | 'failed' | 'interrupted';
    summary: Json;
    more: boolean;
    tookMs: number;
  };
  agent_completed: { report: Json };
  agent_failed: { code: string; message: string; retryable: boolean };
  agent_cancelled: { userId: UserId };
}
export type EventType = keyof EventData;
export const TERMINAL_EVENTS = [
  'agent_completed',
  'agent_failed',
  'agent_cancelled',
] as const satisfies readonly EventType[];

/** The one envelope (wire contract, `chat.v1`). `seq` counts up by one per thread; `at` is RFC 3339 in UTC. */
export type ThreadEvent = {
  [T in EventType]: {
    readonly v: 1;
    readonly id: EventId;
    readonly seq: number;
    readonly type: T;
    readonly threadId: ThreadId;
    readonly runId: RunId;
    readonly agent: AgentKind | null;
    readonly at: string;
    readonly data: EventData[T];
  };
}[EventType];

/** An event before it has a number. The author mints the id, so that a repeat is recognised. */
export type EventDraft = {
  [T in EventType]: Pick<Extract<ThreadEvent, { type: T }>, 'id' | 'type' | 'runId' | 'agent' | 'data'>;
}[EventType];

export interface Appended {
  readonly events: readonly ThreadEvent[];
  /** How many of the drafts had been stored before; they answer with their first number. */
  readonly repeated: number;
}

/** A thread's story: PostgreSQL, the truth. Kept by websocket-manager, written by agent-registry through this port. */
export interface ThreadLog {
  /** Numbers and stores the drafts, all or none; they land or fall with `tx`, and are shown after it has been committed. */
  append(ctx: TenantContext, threadId: ThreadId, drafts: readonly EventDraft[], tx: Transaction): Promise<Appended>;
  /** Events after `afterSeq`, at most `limit` (default 200), in order. */
  read(
    ctx: TenantContext,
    threadId: ThreadId,
    afterSeq: number,
    limit?: number,
  ): Promise<{ events: readonly ThreadEvent[]; firstSeq: number; headSeq: number }>;
}
