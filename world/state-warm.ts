import { openDatabase, type Database } from '../ssot/database-manager';
import {
  noMetrics,
  silentLogger,
  systemClock,
  systemRandom,
  type DurableBack,
  type DurableChange,
} from '../ssot/kernel';
import { schemaChanges } from '../platform/schema';
import type { StateManagerDeps } from '../ssot/state-manager';
import { openStatePersistence } from '../ssot/state-persistence';
import { eventually } from './eventually';
import { FaultProxy } from './fault-proxy';
import { addressOf } from './settings';
import type { WorkingState } from './state';

/** What keeps durable working state: real PostgreSQL, asked for only by scenarios that need it. */
export class StateWarm {
  /** How often PostgreSQL was asked for entries. */
  loads = 0;
  /** Set: what was fetched is handed over only when it opens. */
  gate: PromiseWithResolvers<void> | null = null;
  /** How many answers the gate holds up, or has held up. */
  held = 0;
  readonly #backs: DurableBack[] = [];
  #line: FaultProxy | null = null;
  #database: Promise<Database> | null = null;

  constructor(private readonly state: WorkingState) {}

  get line(): FaultProxy {
    if (this.#line === null) throw new Error('this scenario has no line to PostgreSQL that can break');
    return this.#line;
  }

  back(deps: Partial<StateManagerDeps>, orphanedMs?: number): DurableBack {
    const opened = once(async () => {
      const { workingState } = await openStatePersistence({
        ...{ warm: await this.#open(), clock: deps.clock ?? systemClock, log: silentLogger, metrics: noMetrics },
        ...{ time: deps.time ?? this.state.world.clock, ...(orphanedMs !== undefined && { orphanedMs }) },
      });
      return workingState;
    });
    return this.#watched(opened);
  }

  /** From here on PostgreSQL is reached over a line that can break. */
  async overALine(): Promise<void> {
    this.#line = this.state.world.own(await FaultProxy.open(addressOf('SPEC_POSTGRES_URL')));
    const ports = { clock: systemClock, random: systemRandom, log: silentLogger, metrics: noMetrics };
    const database = await openDatabase(
      {
        url: this.#line.url,
        ownerUrl: addressOf('SPEC_POSTGRES_OWNER_URL'),
        serviceUrl: addressOf('SPEC_POSTGRES_SERVICE_URL'),
        changes: schemaChanges,
      },
      ports,
    );
    this.#database = Promise.resolve(this.state.world.own(database));
  }

  /** Resolves when no instance has anything left to tell. */
  async told(): Promise<void> {
    await eventually(() => {
      if (this.#backs.some(({ behindMs }) => behindMs > 0)) throw new Error('something is still to be told');
    });
  }

  #open(): Promise<Database> {
    return this.#database ?? this.state.world.connections.database();
  }

  /** Opens when first asked; what a listener needs is passed on as soon as it is there. */
  #watched(opened: () => Promise<DurableBack>): DurableBack {
    let deliver: ((change: DurableChange) => Promise<void>) | undefined;
    let telling: AsyncDisposable | undefined;
    let known: DurableBack | undefined;
    const back = async (): Promise<DurableBack> => {
      known = await opened();
      if (deliver !== undefined) telling ??= known.changes(deliver);
      return known;
    };
    const watched: DurableBack = {
      load: async (...asked) => {
        this.loads++;
        const found = await (await back()).load(...asked);
        if (this.gate !== null) this.held++;
        await this.gate?.promise;
        return found;
      },
      apply: async (...asked) => (await back()).apply(...asked),
      page: async (...asked) => (await back()).page(...asked),
      clear: async (...asked) => (await back()).clear(...asked),
      sweep: async (...asked) => (await back()).sweep(...asked),
      changes: (on) => {
        deliver = on;
        return { [Symbol.asyncDispose]: async () => telling?.[Symbol.asyncDispose]() };
      },
      get behindMs() {
        return known?.behindMs ?? 0;
      },
    };
    this.#backs.push(watched);
    return watched;
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
