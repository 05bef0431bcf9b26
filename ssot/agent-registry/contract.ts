import type { ZodType } from 'zod';
import type { Analytics } from '../analytics';
import type { LimitsByPlan } from '../configuration-manager';
import type {
  AgentKind,
  CallId,
  Clock,
  CustomerData,
  Foreground,
  Id,
  Json,
  Logger,
  Metrics,
  Permission,
  Random,
  RunId,
  TenantContext,
  TenantId,
  ThreadDependents,
  ThreadId,
  ThreadLog,
  Transaction,
  Transactions,
  UserId,
} from '../kernel';
import type { RunState } from './runs/store/run-state';
import type { ConversationFilter } from './questions';
import type { Analysis, Report } from './steps/analysis';

export type { RunState } from './runs/store/run-state';
export type { Report, Finding, UsageFilter, Analysis } from './steps/analysis';
export type { Amount } from './report/amount-shape';
export type { ConversationFilter } from './questions';

export const SUFFICIENCIES = ['sufficient', 'partial', 'insufficient', 'out_of_scope'] as const;
export type Sufficiency = (typeof SUFFICIENCIES)[number];

export const TOOL_NAMES = ['usage_coverage', 'usage_summary', 'usage_breakdown', 'price_list', 'find_savings'] as const;
export type ToolName = (typeof TOOL_NAMES)[number];

/** What is recorded for a question's filter. */
export interface Coverage {
  readonly calls: number;
  readonly daysWithUse: number;
  readonly first: string | null;
  readonly last: string | null;
}

/** A specialist: a value from which every run gets an agent of its own, never a shared instance. */
export interface AgentDefinition {
  readonly kind: AgentKind;
  readonly version: number;
  readonly title: string;
  readonly tags: readonly string[];
  readonly tools: readonly ToolName[];
  readonly limitMs: number;
  /** What a run may rely on afterwards. */
  readonly output: ZodType<Partial<Analysis>>;
  /** May take its time: nobody else waits for it. */
  create(scope: StepScope): Agent | Promise<Agent>;
}
/** Cleared up when its step is over, if it asks for that. */
export interface Agent extends Partial<AsyncDisposable> {
  run(work: Analysis): Promise<Partial<Analysis>>;
}

/** All an agent can reach. What it thinks and calls is told as it happens. */
export interface StepScope {
  readonly question: string;
  /** The moment of asking. */
  readonly asOf: Date;
  think(note: string): Promise<void>;
  /** Who asks. */
  readonly userId: UserId;
  /** IANA name of the zone in which the days of the asker's company begin and end. */
  timeZone(): Promise<string>;
  /** Features whose calls the asker's company has reported; none while that cannot be read. */
  featureNames(): Promise<readonly string[]>;
  /** Names of colleagues in which one of these words stands, by id; none while that cannot be read. */
  colleagues(words: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** In the order of the ids; whoever is there no more is "a former colleague". */
  namesOf(ids: readonly string[]): Promise<readonly string[]>;
  /** What earlier questions of the thread narrowed it to. */
  loadConversation(): Promise<RememberedFilter>;
  /** `before`: as it was loaded. */
  saveConversation(filter: ConversationFilter, before: RememberedFilter): Promise<void>;
  /** Throws what kept the tool from answering. */
  call(tool: ToolName, args: object): Promise<object>;
}

export interface ToolDefinition {
  readonly name: ToolName;
  readonly args: ZodType;
  readonly permission: Permission;
  readonly limitMs: number;
  execute(means: ToolDeps, ctx: TenantContext, args: unknown, signal: AbortSignal): Promise<object>;
}
/** What a tool is handed. Tools only read: no word in a question can change anything. */
export interface ToolDeps {
  readonly usage: UsageReader;
  readonly authority: Pick<Authority, 'namesOf'>;
}

export interface RunRequest {
  readonly threadId: ThreadId;
  /** The device's own id for the message: the same one again is the same run. */
  readonly clientMessageId: string;
  readonly text: string;
}

export interface RunAccepted {
  readonly runId: RunId;
  /** How many runs must end first: earlier ones of the thread, of the user or of the tenant. */
  readonly waiting: number;
  readonly repeated: boolean;
}

export interface RunRecord {
  readonly runId: RunId;
  readonly threadId: ThreadId;
  readonly question: string;
  readonly state: RunState;
  readonly errorCode: string | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

/** What an event may have shown cut; a result beyond 1 MiB is kept as text, cut with a mark. */
export interface FullResult {
  readonly callId: CallId;
  readonly tool: string;
  /** Null while the call is under way; then there is no result either. */
  readonly outcome: 'ok' | 'failed' | 'interrupted' | null;
  readonly result: Json;
}

/** A page of shared reports. */
export interface PublishedPage {
  readonly threadId?: ThreadId;
  /** The last report of the page before: what was shared earlier follows. Throws `run_not_found` when it is not shared. */
  readonly before?: RunId;
  /** 50 unless said otherwise. */
  readonly limit?: number;
}

export interface AgentRuns extends AsyncDisposable, ThreadDependents {
  /** Erasing ends the runs that are under way. */
  readonly customerData: CustomerData;
  /** Accepted once stored, with its `user_message`. */
  submit(ctx: TenantContext, request: RunRequest): Promise<RunAccepted>;
  get(ctx: TenantContext, id: RunId): Promise<RunRecord>;
  cancel(ctx: TenantContext, id: RunId): Promise<{ outcome: 'stopping' | 'already_ended'; state: RunState }>;
  /** For the run's asker alone; an unknown call reads as a run that does not exist. */
  result(ctx: TenantContext, id: RunId, callId: CallId): Promise<FullResult>;
  /** Reports shared with the asker's company, newest first; with `threadId` the asker's own of that thread. */
  listPublished(ctx: TenantContext, of?: PublishedPage): Promise<readonly PublishedReport[]>;
  /**
   * Shares the report of one's own run with the company; again, it stays shared since the first time. Throws `not_allowed`
   * without `reports:publish`, `run_not_found`, `report_missing`.
   */
  publish(ctx: TenantContext, id: RunId): Promise<{ publishedAt: Date }>;
  /** Takes it back; of a report that is not shared, nothing changes. Throws `run_not_found`. */
  unpublish(ctx: TenantContext, id: RunId): Promise<void>;
  /**
   * From here on this instance claims no run; what is asked waits for another instance. A run of which a reading takes more than a
   * second is released at once, the others go on.
   */
  stopClaiming(): void;
  /** Waits for the runs at work until `finishBy` aborts; the rest is released to other instances at once. */
  drain(finishBy: AbortSignal): Promise<{ finished: number; handedOver: number }>;
  health(): RegistryHealth;
}

/** `degraded` as long as there is a cause. */
export interface RegistryHealth {
  readonly state: 'up' | 'degraded';
  readonly cause?: string;
  readonly kinds: readonly AgentKind[];
  readonly refused: readonly string[];
  readonly running: number;
  readonly draining: boolean;
  /** Its loss costs nobody an answer, so it is no cause. */
  readonly model: 'none' | 'closed' | 'open' | 'half_open';
}

/** A report that somebody shared with the company. */
export interface PublishedReport {
  readonly runId: RunId;
  readonly userId: UserId;
  readonly publishedAt: Date;
  readonly report: Json;
}

/** Met by analytics: the rows of the user's tenant, and of no other. */
export type UsageReader = Pick<Analytics, 'coverage' | 'cost' | 'performance' | 'opportunities' | 'prices'> &
  // Only for the chart of a general answer and for names said bare; an answer is complete without them.
  Partial<Pick<Analytics, 'trend' | 'featureNames'>>;

/** Met by state-persistence. What is saved with `tx` lands or falls with it. */
export interface Checkpoints {
  save(
    ctx: TenantContext,
    point: {
      readonly runId: RunId;
      readonly threadId: ThreadId;
      readonly agent: AgentKind;
      /** Lease epoch of the writer. */
      readonly fence: number;
      /** Steps finished, this one included. */
      readonly step: number;
      /** Of the saves of this run; counts up by one from 1. */
      readonly version: number;
      readonly state: Json;
      readonly ending?: 'completed';
    },
    tx: Transaction,
  ): Promise<void>;
  /** Ends what was saved of a run that ends without a last save, if anything was. */
  close(ctx: TenantContext, runId: RunId, ending: 'failed' | 'cancelled', tx: Transaction): Promise<void>;
  /** The last save; its state is undefined when its shape is not of this release. */
  load(ctx: TenantContext, runId: RunId): Promise<{ readonly version: number; readonly state: Json | undefined }>;
}

/** Met by state-manager. */
export interface ConversationMemory {
  load(ctx: TenantContext, threadId: ThreadId): Promise<RememberedFilter>;
  /**
   * Stores what has changed since it was loaded (`before`), all of it when that could not be read. Best effort: an answer does not fail
   * for it.
   */
  save(ctx: TenantContext, threadId: ThreadId, filter: ConversationFilter, before: RememberedFilter): Promise<void>;
}
/** `isComplete` is false when something may be settled that cannot be read right now. */
export interface RememberedFilter {
  readonly filter: ConversationFilter;
  readonly isComplete: boolean;
}

/** Met by auth: rights as they are now. */
export interface Authority {
  contextFor(tenantId: TenantId, userId: UserId): Promise<TenantContext>;
  /** Names of colleagues; whoever is not of the asker's company is not among them. */
  namesOf(ctx: TenantContext, ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Names of colleagues in which one of these words stands, whole, by id. */
  findByName(ctx: TenantContext, words: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

/** Optional. Chooses words for what is in the report, and knows nothing else. */
export interface LanguageModel {
  phrase(report: Report, signal: AbortSignal): Promise<string>;
}

/** Which model words the reports of the caller's company; undefined where it has none or wants none. */
export interface LanguageModels {
  for(ctx: TenantContext): Promise<LanguageModel | undefined>;
}

/** A broadcast to every instance, which may be lost: polling finds what it announced. */
export interface WakeBus {
  publish(message: WakeMessage): Promise<void>;
  subscribe(on: (message: WakeMessage) => void): Promise<AsyncDisposable>;
}
/** `stop`: the run to abort. Without it: there may be a run to claim. */
export interface WakeMessage {
  readonly stop?: RunId;
}

/** How many questions are worked on, and wait, at one moment. */
export type RunLimits = LimitsByPlan<'runsPerPerson' | 'runsPerTenant' | 'queuedPerPerson' | 'queuedPerTenant'>;

export interface AgentRunsDeps {
  readonly db: Transactions;
  readonly threadLog: ThreadLog;
  readonly usage: UsageReader;
  readonly checkpoints: Checkpoints;
  readonly memory: ConversationMemory;
  readonly authority: Authority;
  readonly wake: WakeBus;
  readonly plans: RunLimits;
  /** Met by auth: the zone (IANA name) in which a company's days begin and end; without it UTC. */
  readonly zoneOf?: (tenantId: TenantId) => Promise<string>;
  readonly models?: LanguageModels;
  /** Told of questions on their way to their first event; what runs write gives way to short work of other companies. */
  readonly foreground?: Foreground;
  readonly clock: Clock;
  /** Whose time tells how long a question has waited, over all instances: PostgreSQL's own (`server`), unless it is `clock`'s. */
  readonly time?: 'server' | Clock;
  readonly random: Random;
  readonly ids: { next<K extends 'run' | 'event' | 'call' | 'inst'>(kind: K): Id<K> };
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** A run as the instance that has claimed it knows it. */
export interface ClaimedRun {
  readonly runId: RunId;
  readonly tenantId: TenantId;
  readonly threadId: ThreadId;
  readonly userId: UserId;
  readonly question: string;
  readonly asOf: Date;
  readonly state: RunState;
  /** Steps finished. */
  readonly step: number;
  readonly epoch: number;
  /** Instances that were lost while they worked on it. */
  readonly interruptions: number;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
}
export type OpenCall = { readonly callId: CallId; readonly agent: AgentKind };
