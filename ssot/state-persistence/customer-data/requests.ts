import { COMPANY } from '../../analytics';
import {
  Recurring,
  servicePrincipal,
  sql,
  type PlaceCount,
  type Sql,
  type Subject,
  type TenantContext,
  type TenantId,
  type UserId,
} from '../../kernel';
import { PersistenceError } from '../errors';
import { SingletonJob } from '../singleton-job';
import { moment } from '../working-state-rows';
import type { CustomerDataRequests, CustomerDataRequestsDeps, Erasure, Hold, InSameTransaction } from './contract';
import { isHeld, lockCompany, readErasures, readHolds, recordErasure, subjectKey, whichIs } from './erasure-rows';
import { Erasures } from './erasures';
import { exportOf } from './export';
import { RestoredStores } from './restored-stores';

/** A store may be restored under running instances, and may not have answered when they started. */
const COMPARE_EVERY_MS = 60_000;
const REQUESTS = servicePrincipal('customer-data');

export function openCustomerDataRequests(deps: CustomerDataRequestsDeps): CustomerDataRequests {
  return new Requests(deps);
}

class Requests implements CustomerDataRequests {
  readonly #erasures: Erasures;
  readonly #restored: RestoredStores;
  readonly #comparison: SingletonJob;
  readonly #onFailure = (reason: string): void =>
    this.deps.logger.warn({ reason }, 'the lists of erasures could not be compared; they will be shortly');

  constructor(private readonly deps: CustomerDataRequestsDeps) {
    this.#erasures = new Erasures(deps);
    this.#restored = new RestoredStores(deps);
    this.#comparison = new SingletonJob(deps, 'erasure-comparison', COMPARE_EVERY_MS);
  }

  async start(): Promise<AsyncDisposable> {
    const running = new AsyncDisposableStack();
    running.use(this.#erasures);
    if ((await this.#tryToCompare()) > 0) await this.#erasures.catchUp();
    else this.#erasures.wake();
    const regularly = { firstAfterMs: COMPARE_EVERY_MS, everyMs: COMPARE_EVERY_MS, onFailure: this.#onFailure };
    running.use(
      new Recurring(this.deps.clock, regularly, async () => {
        // Whoever has compared them: all go on with what is erased again.
        if ((await this.#comparison.run(() => this.#restored.compare())) > 0) this.#erasures.wake();
      }),
    );
    return running;
  }

  health(): { readonly state: 'up' | 'restored'; readonly cause?: string } {
    const { cause } = this.#restored;
    return cause === undefined ? { state: 'up' } : { state: 'restored', cause };
  }

  /** How many erasures begin again; none when a store does not answer. */
  async #tryToCompare(): Promise<number> {
    try {
      return await this.#restored.compare();
    } catch (error) {
      this.#onFailure(String(error));
      return 0;
    }
  }

  async erase(
    { tenantId }: TenantContext,
    userId: UserId | undefined,
    decide: InSameTransaction,
    requestKey?: string,
  ): Promise<Erasure> {
    const subject = subjectOf(tenantId, userId);
    const isThere = await this.#erasures.holdsAnything(subject);
    const erasure = await this.deps.db.asService(REQUESTS, async (tx) => {
      await lockCompany(tx, tenantId);
      const [sameKey] = requestKey === undefined ? [] : await readErasures(tx, ofKey(tenantId, requestKey));
      if (sameKey !== undefined && sameKey.userId !== userId) throw keyReused();
      const [known] = await readErasures(tx, whichIs(subject));
      // While it is under way, and when the same request comes again, it is the same.
      if (known !== undefined && (known.state !== 'done' || sameKey !== undefined || !isThere)) return known;
      if (!isThere) throw unknown();
      await recordErasure(tx, subject, requestKey ?? null, moment(this.deps.time));
      await decide(tx, { isHeld: await isHeld(tx, subject) });
      return (await readErasures(tx, whichIs(subject)))[0] as Erasure;
    });
    this.#erasures.wake();
    return erasure;
  }

  async erasure({ tenantId }: TenantContext, userId?: UserId): Promise<Erasure> {
    const [erasure] = await this.#read(whichIs(subjectOf(tenantId, userId)));
    if (erasure === undefined) throw unknown();
    return erasure;
  }

  erasures(tenantId: TenantId): Promise<readonly Erasure[]> {
    return this.#read(sql`e.tenant_id = ${tenantId}`);
  }

  async assertKnown(subject: Subject): Promise<void> {
    if (!(await this.#erasures.holdsAnything(subject))) throw unknown();
  }

  count(subject: Subject): Promise<readonly PlaceCount[]> {
    return this.#erasures.look(subject);
  }

  export(subject: Subject): AsyncGenerator<Buffer> {
    return exportOf(this.deps.modules, subject, new Date(this.deps.clock.now()));
  }

  async hold(
    { tenantId, userId: by }: TenantContext,
    { userId, reason }: { userId?: UserId; reason: string },
    decide: InSameTransaction,
  ): Promise<void> {
    await this.deps.db.asService(REQUESTS, async (tx) => {
      await lockCompany(tx, tenantId);
      await tx.execute(sql`
        insert into retention_hold (tenant_id, subject, reason, placed_by, placed_at)
        values (${tenantId}, ${userId ?? COMPANY}, ${reason}, ${by}, ${moment(this.deps.time)})
        on conflict (tenant_id, subject) do update set reason = excluded.reason`);
      await decide(tx, { isHeld: true });
    });
  }

  async lift({ tenantId }: TenantContext, userId: UserId | undefined, decide: InSameTransaction): Promise<void> {
    await this.deps.db.asService(REQUESTS, async (tx) => {
      await lockCompany(tx, tenantId);
      const { rows } = await tx.execute(
        sql`delete from retention_hold where tenant_id = ${tenantId} and subject = ${subjectKey(subjectOf(tenantId, userId))}`,
      );
      if (rows === 0) throw new PersistenceError('persistence_not_held', 'There is no legal hold to lift.');
      await decide(tx, { isHeld: false });
    });
    this.#erasures.wake();
  }

  holds({ tenantId }: TenantContext): Promise<readonly Hold[]> {
    return this.deps.db.asService(REQUESTS, (tx) => readHolds(tx, tenantId), { readOnly: true });
  }

  #read(which: Sql): Promise<readonly Erasure[]> {
    return this.deps.db.asService(REQUESTS, (tx) => readErasures(tx, which), { readOnly: true });
  }
}

function subjectOf(tenantId: TenantId, userId: UserId | undefined): Subject {
  return userId === undefined ? { tenantId } : { tenantId, userId };
}

function ofKey(tenantId: TenantId, key: string): Sql {
  return sql`e.tenant_id = ${tenantId} and e.request_key = ${key}`;
}

function unknown(): PersistenceError {
  return new PersistenceError('persistence_subject_unknown', 'There is no such person in your company.', {
    field: 'userId',
  });
}

function keyReused(): PersistenceError {
  return new PersistenceError(
    'persistence_request_key_reused',
    'This Idempotency-Key belongs to another erasure. Give each its own.',
    { field: 'idempotency-key' },
  );
}
