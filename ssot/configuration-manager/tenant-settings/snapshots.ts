import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import {
  assertVerified,
  Breaker,
  DeadlineExceeded,
  fraction,
  servicePrincipal,
  sql,
  withDeadline,
  type Plan,
  type TenantContext,
  type TenantId,
} from '../../kernel';
import type { Base } from '../contract';
import { storeUnavailable } from '../errors';
import type { ConfigurationDeps, ConfigurationStatus, Snapshot } from './contract';
import { resolve, type Resolved, type Stored } from './resolve';

const MAX_COMPANIES = 5_000;
const LOAD_MS = 1_000;
const BREAKER = { failures: 5, probeAfterMs: 10_000 };
/** So often each instance compares the versions of its companies with those that are stored. */
const POLL_MS = 1_000;
const POLL_JITTER = 0.1;
/** A company that nobody has read for so many looks, a quarter of an hour, is dropped. */
const IDLE_POLLS = 900;
const UNCONFIRMED_MS = 15_000;
const CONFIGURATION = servicePrincipal('configuration-manager');
const versionRow = z.object({ tenant_id: z.custom<TenantId>(), version: z.coerce.number() });

interface Entry {
  /** Of whoever asked first; only its company counts. */
  readonly ctx: TenantContext;
  readonly stored: Stored;
  /** One for each plan that was asked for: a company has one at a time. */
  readonly byPlan: Map<Plan, Known>;
  /** Looks since it was last read. */
  idlePolls: number;
}
interface Known extends Resolved {
  /** The snapshot as it is handed out, the same promise each time. */
  readonly promised: Promise<Snapshot>;
}
interface Flight {
  readonly ctx: TenantContext;
  readonly loaded: Promise<Entry>;
  next?: Promise<Entry>;
}

/** What holds for each company, in memory. */
export class Snapshots implements AsyncDisposable {
  readonly #entries = new LRUCache<TenantId, Entry>({ max: MAX_COMPANIES });
  readonly #flights = new Map<TenantId, Flight>();
  readonly #breaker: Breaker;
  /** Companies of which a reading has failed since one succeeded. */
  readonly #failing = new Set<TenantId>();
  #subscription: AsyncDisposable | undefined;
  #timer: Disposable | undefined;
  #polling: Promise<void> = Promise.resolve();
  #confirmedAt = 0;

  constructor(
    private readonly base: Base,
    private readonly deps: ConfigurationDeps,
    private readonly read: (ctx: TenantContext) => Promise<Stored>,
  ) {
    this.#breaker = new Breaker(deps.clock, BREAKER);
  }

  async open(): Promise<void> {
    await this.#subscribe();
    this.#arm();
  }

  /** From memory once the company is loaded. Throws `store_unavailable`, never another company's or the platform's. */
  for(ctx: TenantContext): Promise<Snapshot> {
    assertVerified(ctx);
    const entry = this.#entries.get(ctx.tenantId);
    if (entry === undefined) return this.known(ctx).then(({ snapshot }) => snapshot);
    return this.#knownOf(entry, ctx.plan).promised;
  }

  /** The same with where each value comes from. */
  async known(ctx: TenantContext): Promise<Resolved> {
    assertVerified(ctx);
    const { tenantId, plan } = ctx;
    const entry = this.#entries.get(tenantId) ?? (await (this.#flights.get(tenantId)?.loaded ?? this.#load(ctx)));
    return this.#knownOf(entry, plan);
  }

  /** A company's settings have changed: what is loaded of it here is read anew. Resolves when that is in force, or has failed. */
  async heard(tenantId: TenantId): Promise<void> {
    await this.#reload(tenantId).catch((error: unknown) => {
      const facts = { tenantId, reason: String(error) };
      this.deps.logger.debug(facts, 'changed settings could not be read; the next look does');
    });
  }

  status(): ConfigurationStatus {
    const companies = this.#entries.size;
    return { companies, unconfirmedMs: companies === 0 ? 0 : this.deps.clock.monotonic() - this.#confirmedAt };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#polling;
    this.#timer?.[Symbol.dispose]();
    await this.#subscription?.[Symbol.asyncDispose]();
    this.#entries.clear();
  }

  #knownOf(entry: Entry, plan: Plan): Known {
    entry.idlePolls = 0;
    const before = entry.byPlan.get(plan);
    if (before !== undefined) return before;
    const resolved = resolve(this.base, plan, entry.stored);
    const known = { ...resolved, promised: Promise.resolve(resolved.snapshot) };
    entry.byPlan.set(plan, known);
    return known;
  }

  /** Reads a company anew, if it is loaded here or being loaded. */
  async #reload(tenantId: TenantId): Promise<void> {
    const flight = this.#flights.get(tenantId);
    const ctx = flight?.ctx ?? this.#entries.peek(tenantId)?.ctx;
    if (ctx === undefined) return;
    const anew = (): Promise<Entry> => this.#load(ctx);
    // What is being read may be what was stored before.
    await (flight === undefined ? anew() : (flight.next ??= flight.loaded.then(anew, anew)));
  }

  /** One reading of a company at a time: what comes during it waits and reads after it, so that a later one is the newer. */
  #load(ctx: TenantContext): Promise<Entry> {
    const loaded = this.#readOnce(ctx).finally(() => {
      if (this.#flights.get(ctx.tenantId) === flight) this.#flights.delete(ctx.tenantId);
    });
    const flight: Flight = { ctx, loaded };
    this.#flights.set(ctx.tenantId, flight);
    return loaded;
  }

  async #readOnce(ctx: TenantContext): Promise<Entry> {
    const { clock } = this.deps;
    const { tenantId } = ctx;
    if (!this.#breaker.admit()) throw storeUnavailable(BREAKER.probeAfterMs);
    if (this.#entries.size === 0) this.#confirmedAt = clock.monotonic();
    try {
      const stored = await withDeadline(clock, LOAD_MS, this.read(ctx));
      this.#breaker.recordSuccess();
      this.#failing.clear();
      const entry: Entry = { ctx, stored, byPlan: new Map(), idlePolls: 0 };
      this.#entries.set(tenantId, entry);
      return entry;
    } catch (error) {
      // A company may be waiting for work of its own: only when others fail as well is something wrong with the store.
      if (!this.#failing.has(tenantId)) this.#breaker.recordFailure();
      this.#failing.add(tenantId);
      throw error instanceof DeadlineExceeded ? storeUnavailable(LOAD_MS, error) : error;
    }
  }

  async #subscribe(): Promise<void> {
    if (this.#subscription !== undefined) return;
    const { bus, logger } = this.deps;
    try {
      this.#subscription = await bus.subscribe(
        (tenantId) => void this.heard(tenantId),
        () => void this.#poll(),
      );
    } catch (error) {
      logger.warn({ reason: String(error) }, 'changes of settings are found by asking until Redis is back');
    }
  }

  #arm(): void {
    const { clock, random } = this.deps;
    const jitter = 1 + POLL_JITTER * (2 * fraction(random) - 1);
    this.#timer = clock.after(POLL_MS * jitter, () => {
      this.#polling = Promise.all([this.#subscribe(), this.#poll()]).then(() => this.#arm());
    });
  }

  async #poll(): Promise<void> {
    for (const [id, entry] of this.#entries.entries()) if (++entry.idlePolls > IDLE_POLLS) this.#entries.delete(id);
    const loaded = [...this.#entries.keys()];
    if (loaded.length > 0) await this.#compare(loaded);
    this.deps.metrics.gauge('settings_unconfirmed_seconds', Math.round(this.status().unconfirmedMs / 1_000));
  }

  /** Company by company: a change that commits late is found as well as any other. */
  async #compare(loaded: readonly TenantId[]): Promise<void> {
    const { db, clock, logger } = this.deps;
    const askedAt = clock.monotonic();
    try {
      const rows = await withDeadline(
        clock,
        LOAD_MS,
        db.asService(
          CONFIGURATION,
          (tx) =>
            tx.query(sql`select tenant_id, version from config_head where tenant_id = any(${[...loaded]})`, versionRow),
          { readOnly: true },
        ),
      );
      const stored = new Map(rows.map(({ tenant_id, version }) => [tenant_id, version]));
      const changed = loaded.filter((id) => this.#entries.peek(id)?.stored.version !== (stored.get(id) ?? 0));
      await Promise.all(changed.map((id) => this.#reload(id)));
      this.#confirmedAt = askedAt;
    } catch (error) {
      const { unconfirmedMs } = this.status();
      const facts = { reason: String(error), unconfirmedMs: Math.round(unconfirmedMs) };
      if (unconfirmedMs > UNCONFIRMED_MS) logger.warn(facts, 'settings of companies are unconfirmed');
      else logger.debug(facts, 'versions of settings could not be compared');
    }
  }
}
