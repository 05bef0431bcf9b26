import type { ErasureRecord, ErasureRecords } from '../../../ssot/analytics';
import type { Database } from '../../../ssot/database-manager';
import {
  noMetrics,
  silentLogger,
  vouchFor,
  type CustomerData,
  type Subject,
  type TenantContext,
  type UserId,
} from '../../../ssot/kernel';
import { openCustomerDataRequests, type CustomerDataRequests, type Erasure } from '../../../ssot/state-persistence';
import { eventually } from '../../../world/eventually';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { stores } from '../stores';

/** What a module has, by person, and what it does before it erases. */
class Shelf implements CustomerData {
  readonly people = new Set<UserId>();
  before: (subject: Subject) => unknown = () => undefined;

  constructor(
    readonly name: string,
    private readonly asked: (subject: Subject) => void,
  ) {}

  async erase(subject: Subject): Promise<void> {
    this.asked(subject);
    await this.before(subject);
    if (subject.userId === undefined) this.people.clear();
    else this.people.delete(subject.userId);
  }

  count({ userId }: Subject): Promise<readonly [{ readonly place: string; readonly rows: number }]> {
    const rows = userId === undefined ? this.people.size : Number(this.people.has(userId));
    return Promise.resolve([{ place: 'shelf', rows }]);
  }

  async *export(): AsyncGenerator<never> {
    // Nobody takes anything along here.
  }
}

/** The history's list, which may be away. */
class RecordList implements ErasureRecords {
  readonly noted: ErasureRecord[] = [];
  isAway = false;
  /** How often it was read. */
  asked = 0;
  beforeNote: () => unknown = () => undefined;

  async note(record: ErasureRecord): Promise<void> {
    await this.#answer();
    await this.beforeNote();
    this.noted.push(record);
  }

  async all(): Promise<readonly ErasureRecord[]> {
    this.asked += 1;
    await this.#answer();
    return [...this.noted];
  }

  async #answer(): Promise<void> {
    await Promise.resolve();
    if (this.isAway) throw new Error('away');
  }
}

/**
 * Erasures in PostgreSQL, of a company whose people have something in each of three modules: for what is
 * about erasing, whatever is erased.
 */
export class ErasureTest {
  readonly clock = new ControlledClock();
  readonly tenantId = stores.ids.next('tenant');
  readonly by: TenantContext = vouchFor({
    ...{ tenantId: this.tenantId, userId: stores.ids.next('user'), plan: 'enterprise', permissions: [] },
  });
  /** Which module was asked to erase whom, in order. */
  readonly begun: (readonly [module: string, of: UserId | undefined])[] = [];
  readonly modules = ['agents', 'chat', 'accounts'].map(
    (name) => new Shelf(name, ({ userId }) => this.begun.push([name, userId])),
  );
  readonly history = new RecordList();
  /** How many erasures were told to operators as done. */
  toldDone = 0;

  constructor(private readonly db: Database) {}

  /** Somebody of whom every module has something. */
  person(): UserId {
    const userId = stores.ids.next('user');
    for (const { people } of this.modules) people.add(userId);
    return userId;
  }

  module(name: string): Shelf {
    const found = this.modules.find((one) => one.name === name);
    if (found === undefined) throw new Error(`there is no module "${name}"`);
    return found;
  }

  /** Of whom the modules have something. */
  modulesWith(userId: UserId): readonly string[] {
    return this.modules.filter(({ people }) => people.has(userId)).map(({ name }) => name);
  }

  /** An instance. Its test starts and ends it: one that is left would go on with what a later test asks for. */
  requests(): CustomerDataRequests {
    return openCustomerDataRequests({
      ...{ db: this.db, modules: this.modules, records: this.history, clock: this.clock, time: this.clock },
      // No other company is here.
      plansOf: () => Promise.resolve(new Map([[this.tenantId, 'enterprise']])),
      logger: silentLogger,
      metrics: { ...noMetrics, count: (name) => void (this.toldDone += Number(name === 'erasures_done_total')) },
    });
  }

  /** Asks for it; nothing else is decided. */
  erase(requests: CustomerDataRequests, userId: UserId | undefined, key?: string): Promise<Erasure> {
    return requests.erase(this.by, userId, () => Promise.resolve(), key);
  }

  /** Somebody else's erasure is asked for now and gone through: by then whatever was due before is begun. */
  async another(requests: CustomerDataRequests): Promise<UserId> {
    const userId = this.person();
    await this.erase(requests, userId);
    await eventually(() => {
      if (this.modulesWith(userId).length > 0) throw new Error(`it is still in ${this.modulesWith(userId).join(', ')}`);
    });
    return userId;
  }

  /** Long enough for whatever is due to have been begun, by a store that answers in between. */
  async pause(requests: CustomerDataRequests): Promise<void> {
    for (let asked = 0; asked < 20; asked++) await requests.erasures(this.tenantId);
  }

  /** Whom the history has on its list, in the order in which they were noted. */
  get noted(): readonly string[] {
    return this.history.noted.map(({ subject }) => subject);
  }

  /** Until this stands in the way of it. */
  failing(requests: CustomerDataRequests, userId: UserId, part: string): Promise<void> {
    return eventually(async () => {
      const { failing } = await requests.erasure(this.by, userId);
      if (failing !== part) throw new Error(`failing: ${failing}`);
    });
  }

  /** Until it is done, while time passes. */
  done(requests: CustomerDataRequests, userId: UserId | undefined): Promise<Erasure> {
    return eventually(async () => {
      this.clock.advance(2_500);
      const erasure = await requests.erasure(this.by, userId);
      if (erasure.state !== 'done') throw new Error(`${erasure.state}, failing: ${erasure.failing}`);
      return erasure;
    });
  }
}
