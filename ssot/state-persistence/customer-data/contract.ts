import type { ErasureRecords } from '../../analytics';
import type {
  Clock,
  CustomerData,
  Logger,
  Metrics,
  PlaceCount,
  Plan,
  Subject,
  TenantContext,
  TenantId,
  Transaction,
  Transactions,
  UserId,
} from '../../kernel';

/** What a decision does besides, in the transaction that records it; called last. Met by auth. */
export type InSameTransaction = (tx: Transaction, now: { readonly isHeld: boolean }) => Promise<void>;

export interface Erasure {
  /** Absent: the whole company's. */
  readonly userId?: UserId;
  /** `held`: it begins when the legal hold is lifted. */
  readonly state: 'held' | 'erasing' | 'done';
  readonly requestedAt: Date;
  readonly doneAt: Date | null;
  /** Modules in which nothing of theirs is left. */
  readonly emptied: readonly string[];
  /** The module that could not be emptied at the last try, or `record`: the history does not note it. It is tried again. */
  readonly failing: string | null;
}

export interface Hold {
  /** Absent: the whole company's data. */
  readonly userId?: UserId;
  readonly reason: string;
  readonly placedBy: UserId;
  readonly placedAt: Date;
}

/** What becomes of people's and companies' data: erased, exported, held. Whoever calls has judged who may. */
export interface CustomerDataRequests {
  /**
   * Recorded for good when it resolves, and done in the background from then on, by whichever instance is there. Again, it is the
   * same erasure. Throws `persistence_subject_unknown`, or `persistence_request_key_reused` when the key belongs to another.
   */
  erase(
    ctx: TenantContext,
    userId: UserId | undefined,
    decide: InSameTransaction,
    requestKey?: string,
  ): Promise<Erasure>;
  /** Throws `persistence_subject_unknown` when none was asked for. */
  erasure(ctx: TenantContext, userId?: UserId): Promise<Erasure>;
  /** Of a company, for operators: latest first. */
  erasures(tenantId: TenantId): Promise<readonly Erasure[]>;
  /** Throws `persistence_subject_unknown` for somebody of whom nothing is there. */
  assertKnown(subject: Subject): Promise<void>;
  /** What is there now, by place; nothing that is empty. */
  count(subject: Subject): Promise<readonly PlaceCount[]>;
  /** One JSON object a line: a header, the records, and a manifest with what proves that nothing is missing. */
  export(subject: Subject): AsyncGenerator<Buffer>;
  /** Erasure and retention wait for as long as it stands. Again, the reason is replaced. */
  hold(ctx: TenantContext, hold: { userId?: UserId; reason: string }, decide: InSameTransaction): Promise<void>;
  /** Throws `persistence_not_held`. */
  lift(ctx: TenantContext, userId: UserId | undefined, decide: InSameTransaction): Promise<void>;
  holds(ctx: TenantContext): Promise<readonly Hold[]>;
  /**
   * Goes on with what is recorded. Resolves when whatever a store that came back older has of people who were erased is gone again, or
   * when the history does not answer, in which case that is looked for until it does. Disposing it lets the step that is under way end.
   */
  start(): Promise<AsyncDisposable>;
  /** Names a store that came back older, for an hour. */
  health(): { readonly state: 'up' | 'restored'; readonly cause?: string };
}

export interface CustomerDataRequestsDeps {
  readonly db: Transactions;
  /** The list of erasures that lives outside PostgreSQL. */
  readonly records: ErasureRecords;
  /** Met by auth; a company that is gone is not among them. */
  readonly plansOf: (tenants: readonly TenantId[]) => Promise<ReadonlyMap<TenantId, Plan>>;
  /** Every module that stores customers' data, in the order in which it is emptied. */
  readonly modules: readonly CustomerData[];
  readonly clock: Clock;
  readonly time: 'server' | Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}
