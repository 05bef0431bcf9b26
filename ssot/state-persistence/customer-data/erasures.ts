import {
  DeadlineExceeded,
  Recurring,
  rowsIn,
  servicePrincipal,
  withAbortableDeadline,
  type PlaceCount,
  type Sql,
  type Subject,
} from '../../kernel';
import { moment } from '../working-state-rows';
import type { CustomerDataRequestsDeps } from './contract';
import { claimErasure, endTurn, keepProgress, subjectKey, type Claimed } from './erasure-rows';

const RELAY = servicePrincipal('erasure');
const POLL_MS = 2_000;
/** Under way here at one moment: whatever they need rewritten in the history goes together. */
const AT_ONCE = 8;
/** A module that takes longer hangs. What the stores are asked has shorter limits, but a module asks them often. */
const STEP_MS = 300_000;
/** Of a lease of ten seconds: two renewals may fail. */
const RENEW_MS = 3_000;
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 60_000;
/** What is shown as failing while the history does not take the record of an erasure. */
const RECORD = 'record';

/** What it is held by changes with each renewal. */
interface Held extends Pick<Claimed, 'subject'> {
  lease: string;
}

/**
 * Empties, of a few at a time, module after module of those whose erasure is recorded, and keeps how far it has come: whoever goes on after an instance
 * was killed begins with the module that instance was at. It is done when a look through all of them finds nothing.
 */
export class Erasures implements AsyncDisposable {
  #timer: Disposable | undefined;
  #turn: Promise<void> | undefined;
  readonly #underWay = new Map<string, Promise<void>>();
  #isDue = false;
  readonly #closing = new AbortController();

  constructor(private readonly deps: CustomerDataRequestsDeps) {}

  /** Resolves when what is due now was gone through once. */
  async catchUp(): Promise<void> {
    this.wake();
    await this.#turn;
    await Promise.all(this.#underWay.values());
  }

  get #isClosing(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Something may be due. */
  wake(): void {
    if (this.#isClosing) return;
    this.#isDue = true;
    this.#turn ??= this.#work()
      .catch((error: unknown) => this.#onFailure(error))
      .finally(() => {
        this.#turn = undefined;
        this.#arm();
      });
  }

  /** Waits for no module: another instance goes on with the one that is being emptied. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new Error('this instance stops'));
    this.#timer?.[Symbol.dispose]();
    await this.#turn;
    await Promise.all(this.#underWay.values());
  }

  #onFailure(reason: unknown): void {
    this.deps.logger.warn({ reason: String(reason) }, 'erasures could not be gone on with; they will be shortly');
  }

  #arm(): void {
    this.#timer?.[Symbol.dispose]();
    if (!this.#isClosing) this.#timer = this.deps.clock.after(POLL_MS, () => this.wake());
  }

  async #work(): Promise<void> {
    while (this.#isDue && !this.#isClosing) {
      this.#isDue = false;
      for (let next = await this.#claim(); next !== undefined; next = await this.#claim()) {
        this.#begin(next);
        if (this.#underWay.size >= AT_ONCE) await Promise.race(this.#underWay.values());
        if (this.#isClosing) return;
      }
    }
  }

  /** Whoever comes meanwhile does not wait for it. What cannot be kept of its progress is done again, when its lease is over. */
  #begin(claimed: Claimed): void {
    const { key } = claimed;
    const erasing = this.#erase(claimed)
      .catch((error: unknown) => this.#onFailure(error))
      .finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, erasing);
  }

  #claim(): Promise<Claimed | undefined> {
    return this.deps.db.asService(RELAY, (tx) => claimErasure(tx, this.#now(), [...this.#underWay.keys()]));
  }

  async #erase({ subject, emptied: before, requestedAt, mayEnd, lease }: Claimed): Promise<void> {
    const { modules, db, logger, metrics } = this.deps;
    const emptied = [...before];
    const held = { subject, lease };
    // First of all: from here on a PostgreSQL that comes back from before the request is told of it.
    let failing = await this.#noteInHistory(held, before, requestedAt);
    if (!(await this.#isKept(held, emptied)) || this.#isClosing) return;
    for (const module of modules.filter(({ name }) => !before.includes(name))) {
      // What stands in the way of one module holds up no other.
      try {
        await this.#step(held, emptied, () => module.erase(subject));
        emptied.push(module.name);
      } catch (error) {
        failing ??= module.name;
        logger.warn(
          { module: module.name, reason: String(error) },
          'an erasure could not empty a module; it is tried again',
        );
      }
      if (!(await this.#isKept(held, emptied)) || this.#isClosing) return;
    }
    if (failing !== null) return this.#again(held, emptied, failing);
    const left = await this.#step(held, emptied, () => this.look(subject));
    if (rowsIn(left) > 0 || !mayEnd) return this.#again(held, emptied.filter(isEmptyIn(left)), null);
    const isOurs = await db.asService(RELAY, (tx) => endTurn(tx, held, { is: 'done' }, this.#now()));
    if (!isOurs) return;
    metrics.count('erasures_done_total');
    logger.info({ tenantId: subject.tenantId }, 'an erasure is done: nothing is left in any module');
  }

  /** Nobody else begins it meanwhile. What takes too long goes on, unheard: whatever it removes late was to go. */
  async #step<T>(held: Held, emptied: readonly string[], work: () => Promise<T>): Promise<T> {
    const regularly = {
      ...{ firstAfterMs: RENEW_MS, everyMs: RENEW_MS },
      onFailure: (reason: string) => this.#onFailure(reason),
    };
    await using _renewal = new Recurring(this.deps.clock, regularly, async () => {
      await this.#isKept(held, emptied);
    });
    const limit = { ms: STEP_MS, late: () => new DeadlineExceeded(STEP_MS), signal: this.#closing.signal };
    return await withAbortableDeadline(this.deps.clock, limit, work);
  }

  /** With how far it has come. False: it is on hold now, or another instance's. */
  async #isKept(held: Held, emptied: readonly string[]): Promise<boolean> {
    const renewed = await this.deps.db.asService(RELAY, (tx) => keepProgress(tx, held, emptied, this.#now()));
    held.lease = renewed ?? held.lease;
    return renewed !== undefined;
  }

  async #noteInHistory(held: Held, emptied: readonly string[], requestedAt: Date): Promise<string | null> {
    const { tenantId } = held.subject;
    const record = { tenantId, subject: subjectKey(held.subject), requestedAt: requestedAt.getTime() };
    try {
      await this.#step(held, emptied, () => this.deps.records.note(record));
      return null;
    } catch (error) {
      this.deps.logger.warn(
        { reason: String(error) },
        'an erasure could not be noted in the history; it is tried again',
      );
      return RECORD;
    }
  }

  /** What every module holds now, under `module/place`. */
  async look(subject: Subject): Promise<readonly PlaceCount[]> {
    const counts = await Promise.all(
      this.deps.modules.map(async (module) =>
        (await module.count(subject)).map(({ place, rows }) => ({ place: `${module.name}/${place}`, rows })),
      ),
    );
    return counts.flat().filter(({ rows }) => rows > 0);
  }

  /** As soon as one module says so, whatever is away; a module that cannot be asked is no proof that there is nothing. */
  async holdsAnything(subject: Subject): Promise<boolean> {
    const counts = this.deps.modules.map(async (module) => rowsIn(await module.count(subject)) > 0);
    const asked = await Promise.allSettled(counts);
    if (asked.some((one) => one.status === 'fulfilled' && one.value)) return true;
    const unknown = asked.find((one) => one.status === 'rejected');
    if (unknown !== undefined) throw unknown.reason;
    return false;
  }

  async #again(held: Held, emptied: readonly string[], failing: string | null): Promise<void> {
    const { db } = this.deps;
    const ms = failing === null ? FIRST_RETRY_MS : MAX_RETRY_MS;
    await db.asService(RELAY, (tx) => endTurn(tx, held, { is: 'again', emptied, failing, ms }, this.#now()));
  }

  #now(): Sql {
    return moment(this.deps.time);
  }
}

function isEmptyIn(left: readonly PlaceCount[]): (module: string) => boolean {
  return (module) => !left.some(({ place }) => place.startsWith(`${module}/`));
}
