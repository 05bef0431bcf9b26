import { z } from 'zod';
import {
  PlatformError,
  type Clock,
  type DurableBack,
  type DurableChange,
  type DurableOp,
  type DurableQuery,
  type DurableRecord,
  type Logger,
  type StateRef,
  type TenantContext,
} from '../kernel';
import { CHANGED_COPY, FILL, READ_COPIES, REMOVED_COPY } from './copies';
import { StateError } from './errors';
import { company, entryKey, type Place } from './keys';
import { TRUSTED_MS } from './limits';
import { erased, type Outcome, type Refusal, type Step, type Store } from './store';

/** Companies that keep durable entries: the sweep visits them. */
export const DURABLE_COMPANIES = 'sm:durable';
/** With a try at Redis before or after it a caller is answered within two seconds. */
const LIMIT_MS = 1_500;
const copies = z.array(z.union([z.array(z.string()), z.null()]));

/** A stored entry as Redis would give it, and where it came from. */
export interface Found {
  readonly entry: readonly string[];
  readonly source: 'hot' | 'warm';
}

/** Kinds that must last: PostgreSQL decides, and the copy in Redis is believed for 30 seconds after it was confirmed. */
export class Durable {
  readonly #flights = new Map<string, Promise<DurableRecord | undefined>>();

  constructor(
    private readonly ports: {
      readonly back: DurableBack;
      readonly store: Store;
      readonly clock: Clock;
      readonly log: Logger;
    },
  ) {}

  /** Entries of one owner, by name. */
  async read(
    ctx: TenantContext,
    places: readonly Place[],
    fresh: 'hot' | 'latest' = 'hot',
  ): Promise<readonly (Found | undefined)[]> {
    const known = fresh === 'latest' ? [] : await this.#copies(places);
    const missing = places.filter((_, i) => known?.[i] == null);
    const fetched =
      fresh === 'latest' ? await this.#load(ctx, missing, true) : await this.#fetch(ctx, missing, known !== undefined);
    const warm = new Map(missing.map((place, i) => [place, fetched[i]]));
    return places.map((place, i) => {
      const [copy, record] = [known?.[i], warm.get(place)];
      if (copy != null) return { entry: copy, source: 'hot' };
      return record === undefined ? undefined : { entry: entryOf(record), source: 'warm' };
    });
  }

  async change(ctx: TenantContext, steps: readonly Step[], writeId?: string): Promise<Outcome | Refusal> {
    const outcome = await this.#asked(
      this.ports.back.apply(
        ctx,
        steps.map((step) => this.#op(step)),
        writeId,
      ),
    );
    // Whoever asks from here on must not be given what was fetched before.
    for (const { place } of steps) this.#flights.delete(entryKey(place));
    if ('refused' in outcome) {
      if (outcome.refused === 'erased') throw erased();
      const { index, stands } = outcome;
      return { refused: 'conflict', index, stands: stands === null ? [] : entryOf(stands), source: 'warm' };
    }
    const entries = outcome.results.map((result): [string, string, string] =>
      'was' in result
        ? ['', result.was ? '1' : '0', '']
        : [result.incarnation, String(result.version), String(result.expiresAt.getTime())],
    );
    return { replayed: outcome.replayed, durable: true, hotCopy: outcome.told ? 'fresh' : 'pending', entries };
  }

  async page(ctx: TenantContext, query: DurableQuery): Promise<readonly DurableRecord[]> {
    return this.#asked(this.ports.back.page(ctx, query));
  }

  async clear(ctx: TenantContext, owner: string, start: string, erasing: boolean): Promise<number> {
    const { removed } = await this.#asked(this.ports.back.clear(ctx, owner, start, erasing));
    this.#flights.clear();
    return removed;
  }

  /** Brings a committed change to the copy and to whoever follows; a repeat is recognised by its stamp. */
  async told(change: DurableChange): Promise<void> {
    const { owner, name, op, version, stamp, now } = change;
    const facts = [...this.#ceilings(), owner, name, op, version, stamp, ...(now === null ? [] : wordsOf(now))];
    const script = now === null ? REMOVED_COPY : CHANGED_COPY;
    await this.ports.store.run(script, company(change), facts, [DURABLE_COMPANIES]);
  }

  /** Undefined: Redis could not be asked. */
  async #copies(places: readonly Place[]): Promise<readonly (readonly string[] | null)[] | undefined> {
    const [first] = places;
    if (first === undefined) return [];
    try {
      const names = places.map(({ name }) => name);
      return copies.parse(await this.ports.store.run(READ_COPIES, first.company, [first.owner, TRUSTED_MS, ...names]));
    } catch (error) {
      this.#assertHotIsAway(error);
      return undefined;
    }
  }

  /** Who asks while the same entry is being fetched gets what comes of it. */
  #fetch(
    ctx: TenantContext,
    places: readonly Place[],
    copying: boolean,
  ): Promise<readonly (DurableRecord | undefined)[]> {
    const wanted = places.filter((place) => !this.#flights.has(entryKey(place)));
    if (wanted.length > 0) {
      const load = this.#load(ctx, wanted, copying);
      for (const [i, place] of wanted.entries()) {
        const key = entryKey(place);
        const flight = load.then((found) => found[i]);
        const landed = (): void => void (this.#flights.get(key) === flight && this.#flights.delete(key));
        this.#flights.set(key, flight);
        flight.then(landed, landed);
      }
    }
    return Promise.all(places.map(async (place) => this.#flights.get(entryKey(place))));
  }

  async #load(
    ctx: TenantContext,
    places: readonly Place[],
    copying: boolean,
  ): Promise<readonly (DurableRecord | undefined)[]> {
    if (places.length === 0) return [];
    const found = await this.#asked(this.ports.back.load(ctx, places as readonly StateRef[]));
    const [first] = places as readonly [Place];
    const records = found.filter((record) => record !== undefined);
    try {
      const facts = [...this.#ceilings(), first.owner, ...records.flatMap(wordsOf)];
      if (copying && records.length > 0) await this.ports.store.run(FILL, first.company, facts, [DURABLE_COMPANIES]);
    } catch (error) {
      this.#assertHotIsAway(error);
    }
    return found;
  }

  #op({
    op,
    place: { owner, name, company: inCompany },
    expect,
    text = '',
    shape = 1,
    lifetimeMs,
    life = 0,
  }: Step): DurableOp {
    const ref = { owner, name, expect };
    if (op === 'remove') return { op, ...ref };
    if (op === 'touch') return { op, ...ref, lifetimeMs: lifetimeMs as number };
    const body = this.ports.store.seal.close(text, inCompany + owner, entryKey({ company: inCompany, owner, name }));
    const incarnation = this.ports.store.fresh();
    return { op, ...ref, body, shape, incarnation, life: typeof life === 'number' ? life : life.until, lifetimeMs };
  }

  #ceilings(): number[] {
    const { personEntries, personBytes, tenantEntries, tenantBytes } = this.ports.store.limits;
    return [personEntries, personBytes, tenantEntries, tenantBytes];
  }

  /** Within two seconds, or not at all. */
  async #asked<T>(answer: Promise<T>): Promise<T> {
    const late = Promise.withResolvers<never>();
    using _limit = this.ports.clock.after(LIMIT_MS, () => late.reject(unavailable('it does not answer')));
    answer.catch(() => undefined);
    try {
      return await Promise.race([answer, late.promise]);
    } catch (error) {
      if (error instanceof StateError || !(error instanceof PlatformError) || !error.retryable) throw error;
      this.ports.log.warn({ code: error.code }, 'the durable store could not be asked');
      throw unavailable('the connection failed', error);
    }
  }

  #assertHotIsAway(error: unknown): void {
    if (!(error instanceof StateError)) throw error;
    this.ports.log.debug({ code: error.code }, 'a durable entry goes without its copy');
  }
}

/** As Redis gives an entry. */
export function entryOf(record: DurableRecord): readonly string[] {
  const { incarnation, version, body, createdAt, updatedAt, expiresAt, shape } = record;
  const [created, updated, expires] = [createdAt, updatedAt, expiresAt].map((date) => String(date.getTime()));
  return [incarnation, String(version), body, created ?? '', updated ?? '', expires ?? '', String(shape)];
}

/** As the scripts take a record. */
function wordsOf(record: DurableRecord): (string | number)[] {
  return [record.name, record.stamp, ...entryOf(record)];
}

function unavailable(why: string, cause?: unknown): StateError {
  return new StateError(
    'state_durable_unavailable',
    `The durable store cannot be reached (${why}). Try again, with the same writeId if it was a write.`,
    { cause },
  );
}
