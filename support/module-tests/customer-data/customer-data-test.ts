import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { customerDataOf } from '../../../platform/wiring/customer-data';
import { schemaChanges } from '../../../platform/database/schema';
import { createAgentRuns } from '../../../ssot/agent-registry';
import { plans } from '../../../ssot/configuration-manager';
import type { Archive, ErasureRecords } from '../../../ssot/analytics';
import type { Database } from '../../../ssot/database-manager';
import {
  KeyRing,
  noMetrics,
  silentLogger,
  sql,
  systemClock,
  systemRandom,
  vouchFor,
  type CustomerData,
  type RunId,
  type SessionId,
  type TenantContext,
  type TenantId,
  type ThreadId,
  type UserId,
} from '../../../ssot/kernel';
import { openStateManager } from '../../../ssot/state-manager';
import {
  openCustomerDataRequests,
  openStatePersistence,
  type CustomerDataRequests,
  type Erasure,
} from '../../../ssot/state-persistence';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { eventually } from '../../../world/eventually';
import { openUsage } from '../../../world/modules/analytics/analytics-under-test';
import { authOn } from '../../../world/modules/auth/open-auth';
import { Everywhere } from '../../../world/modules/state-persistence/everywhere';
import { masterKeyOfRun } from '../../../world/settings';
import { fillCompany } from './customer-data-rows';
import { start as startSettings } from '../company-settings';
import { OwnSchema } from '../own-schema';
import { stores } from '../stores';

/** Somebody of whom every store has something, and the word that stands in all of it. */
export interface Somebody {
  readonly userId: UserId;
  readonly mark: string;
  readonly threadId: ThreadId;
  readonly runId: RunId;
  readonly sessionId: SessionId;
  /** Of a call of a model, which stays when it is nobody's. */
  readonly usageId: string;
}

/** Tables that name no person, whoever has used the platform. */
const WITHOUT_PEOPLE = [
  ...['schema_change', 'signing_key', 'master_key', 'tenant', 'config_head', 'config_override', 'config_change_item'],
  ...[
    'id_migration',
    'working_state_erased',
    'singleton_job',
    'retention_hold',
    'audit_head',
    'sso_connection',
    'domain_claim',
    'removed_person',
  ],
];

/** All modules on the real stores, in tables of the test's own, with companies whose people have left something everywhere. */
export class CustomerDataTest implements AsyncDisposable {
  readonly #scope = new AsyncDisposableStack();
  readonly clock = new ControlledClock();
  readonly tenantId = stores.ids.next('tenant');
  people: readonly Somebody[] = [];
  modules: readonly CustomerData[] = [];
  #schema: OwnSchema | undefined;
  #db: Database | undefined;

  get everywhere(): Everywhere {
    return new Everywhere(stores, this.#schema?.name);
  }

  /** The history's list of erasures. */
  get records(): ErasureRecords {
    return this.#usage.erasures;
  }

  get archive(): Archive {
    return this.#usage.archive;
  }

  get db(): Database {
    if (this.#db === undefined) throw new Error('nothing is filled yet');
    return this.#db;
  }

  /** A company of so many people. */
  async fill(people: number): Promise<void> {
    await this.#open();
    this.people = await this.#company(this.tenantId, people);
  }

  /** Another company beside it. */
  async fillOther(): Promise<{ tenantId: TenantId; people: readonly Somebody[] }> {
    const tenantId = stores.ids.next('tenant');
    return { tenantId, people: await this.#company(tenantId, 2) };
  }

  contextOf({ userId }: Somebody, tenantId = this.tenantId): TenantContext {
    return vouchFor({ tenantId, userId, plan: 'enterprise', permissions: ['chat:use', 'usage:write'] });
  }

  marksOf({ userId, mark, threadId, runId, sessionId }: Somebody): readonly string[] {
    return [userId, mark, threadId, runId, sessionId];
  }

  /** What everybody else has, for comparing. */
  restBeside(somebody: Somebody): Promise<Readonly<Record<string, string>>> {
    return this.everywhere.restOf(this.tenantId, [...this.marksOf(somebody), somebody.usageId]);
  }

  /** Where somebody is named, without what varies: keys of Redis count as one place. */
  async placesNaming(somebody: Somebody): Promise<readonly string[]> {
    const found = await this.everywhere.naming(this.marksOf(somebody));
    return [...new Set(found.map((place) => place.replace(/^redis\/.*/, 'redis')))];
  }

  /** Every table that there is, but for those that name nobody: one that is added later must be filled, and emptied. */
  async everyPlace(): Promise<readonly string[]> {
    const tables = (await this.everywhere.tables()).filter((table) => !WITHOUT_PEOPLE.includes(table));
    const named = tables.filter((table) => table !== 'audit_entry' && table !== 'erasure');
    return ['clickhouse/archive', 'clickhouse/usage', ...named.map((table) => `postgres/${table}`), 'redis'].sort();
  }

  requests(modules = this.modules, records = this.records, clock = this.clock): CustomerDataRequests {
    return openCustomerDataRequests({
      ...{ db: this.db, modules, records, clock, time: this.clock },
      ...{ plansOf: this.#auth.accounts.keptPlansOf, logger: silentLogger, metrics: noMetrics },
    });
  }

  /** Asks for it and waits until it is done, while time passes. */
  async erased(somebody: Somebody | undefined, requests = this.requests()): Promise<Erasure> {
    const by = this.contextOf(this.people[1] ?? (this.people[0] as Somebody));
    await using _ = await requests.start();
    await requests.erase(by, somebody?.userId, () => Promise.resolve());
    // Before what does it is closed.
    return await this.done(somebody, requests);
  }

  done(somebody: Somebody | undefined, requests: CustomerDataRequests): Promise<Erasure> {
    const by = this.contextOf(this.people[1] ?? (this.people[0] as Somebody));
    return eventually(async () => {
      this.clock.advance(2_500);
      const erasure = await requests.erasure(by, somebody?.userId);
      if (erasure.state !== 'done') {
        const left = await requests.count({ tenantId: this.tenantId, ...(somebody && { userId: somebody.userId }) });
        throw new Error(`${erasure.state}, failing: ${erasure.failing}, left: ${JSON.stringify(left)}`);
      }
      return erasure;
    }, 20_000);
  }

  /** Until this part stands in the way of it. */
  failing(somebody: Somebody, requests: CustomerDataRequests, part: string): Promise<void> {
    const by = this.contextOf(this.people[1] as Somebody);
    // After a pass through all modules, as long as one may take in `done`.
    return eventually(async () => assert.equal((await requests.erasure(by, somebody.userId)).failing, part), 20_000);
  }

  /** As a request does that was let in a moment before. */
  async writeLate({ userId, mark }: Somebody): Promise<void> {
    const threadId = stores.ids.next('thread');
    await this.db.transaction(this.contextOf({ userId } as Somebody), (tx) =>
      tx.execute(sql`insert into thread (tenant_id, thread_id, user_id, title, created_at)
        values (${this.tenantId}, ${threadId}, ${userId}, ${mark}, now())`),
    );
  }

  /** What was begun has ended; nothing is begun before time passes. */
  async settled(requests: CustomerDataRequests): Promise<void> {
    await requests.holds(this.contextOf(this.people[0] as Somebody));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#scope.disposeAsync();
  }

  async #company(tenantId: TenantId, count: number): Promise<readonly Somebody[]> {
    const run = randomBytes(4).toString('hex');
    const people = Array.from({ length: count }, (_, number): Somebody => ({
      userId: stores.ids.next('user'),
      mark: `person-${run}-${number}.`,
      threadId: stores.ids.next('thread'),
      runId: stores.ids.next('run'),
      sessionId: stores.ids.next('session'),
      usageId: randomUUID(),
    }));
    await fillCompany({ db: this.db, usage: this.#usage, state: this.#state }, tenantId, people);
    return people;
  }

  async #open(): Promise<void> {
    const schema = this.#scope.use(await OwnSchema.create());
    this.#schema = schema;
    const db = await schema.open({ changes: schemaChanges });
    this.#db = db;
    const machine = { clock: systemClock, random: systemRandom, logger: silentLogger, metrics: noMetrics };
    const persistence = await openStatePersistence({ warm: db, log: silentLogger, ...machine });
    const state = await openStateManager({
      ...{ redis: stores.redis(), durable: persistence.workingState, keys: new KeyRing([masterKeyOfRun()]) },
      ...machine,
    });
    this.#scope.use(state);
    const analytics = this.#scope.use(await openUsage());
    const { configuration } = this.#scope.use(await startSettings(undefined, undefined, db));
    const auth = await authOn(stores, { clock: new ControlledClock(), db });
    const never = (): never => {
      throw new Error('nobody works in this test');
    };
    const runs = await createAgentRuns({
      ...{ db, plans, ...machine, ids: stores.ids, usage: analytics, authority: auth.accounts },
      threadLog: { append: never, read: never },
      checkpoints: { save: never, close: never, load: never },
      memory: { load: never, save: never },
      wake: {
        publish: () => Promise.resolve(),
        subscribe: () => Promise.resolve({ [Symbol.asyncDispose]: () => Promise.resolve() }),
      },
    });
    this.#scope.use(runs);
    this.#usage = analytics;
    this.#auth = auth;
    this.#state = state;
    this.modules = customerDataOf({ db, runs, persistence, state, analytics, configuration, auth }, this.clock);
  }

  #auth!: Awaited<ReturnType<typeof authOn>>;
  #usage!: Awaited<ReturnType<typeof openUsage>>;
  #state!: Awaited<ReturnType<typeof openStateManager>>;
}
