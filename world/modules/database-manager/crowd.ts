import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { z } from 'zod';
import { openDatabase, type Database, type DrainReport } from '../../../ssot/database-manager';
import {
  noMetrics,
  PlatformError,
  silentLogger,
  sql,
  systemClock,
  systemRandom,
  type TenantContext,
} from '../../../ssot/kernel';
import { schemaChanges } from '../../../platform/database/schema';
import { eventually } from '../../eventually';
import type { RevenueWorld } from '../../revenue-world';
import { addressOf } from '../../settings';

const titled = z.object({ title: z.string() });
/** Long enough for a crowd to meet, short enough for all to be answered. */
const SHORT_S = 0.05;
/** Nobody of a crowd that comes now gets a connection before all of it is there. */
const LONG_S = 2;
const PATIENCE_MS = 10_000;

/** Requests of one company that reach a database of their own all at once, and what the server counts meanwhile. */
export class Crowd {
  answered = 0;
  refusals: readonly string[] = [];
  /** The most connections that the server has counted at one moment. */
  connections = 0;
  endedBefore = -1;
  /** What the stop has reported. */
  report: DrainReport | null = null;
  #finished = 0;
  readonly #name = `crowd-${randomBytes(6).toString('hex')}`;
  #database: Promise<Database> | null = null;

  constructor(private readonly world: Pick<RevenueWorld, 'own'>) {}

  /** Sends so many and resolves when as many as `working` are at work on the server, each on a connection of its own. */
  async beAtWork(count: number, context: TenantContext, working = count): Promise<void> {
    const database = await this.#open();
    const work = async (): Promise<void> => {
      await database.transaction(context, (tx) => tx.query(sql`select pg_sleep(${LONG_S})`, z.unknown()));
      this.#finished += 1;
    };
    // What is still waiting when the scenario ends is undone with its database.
    void Promise.allSettled(Array.from({ length: count }, work));
    await using counter = await this.#counter();
    await eventually(async () => {
      const active = await counter.count('active');
      if (active < working) throw new Error(`${active} of ${working} requests are at work`);
    }, PATIENCE_MS);
  }

  /** The instance that serves them stops, with so much time for what is at work. */
  async stop(limitMs: number): Promise<void> {
    const database = await this.#open();
    this.report = await database.drain(limitMs);
  }

  async untilNoneIsLeft(): Promise<void> {
    await using counter = await this.#counter();
    // The server looks every half second whether somebody is still there.
    await eventually(async () => {
      const left = await counter.count();
      if (left > 0) throw new Error(`the server counts ${left} connections`);
    }, 2_000);
  }

  /** One request; notes how many of those at work had ended before its answer. */
  async ask(context: TenantContext): Promise<void> {
    const database = await this.#open();
    await database.transaction(context, (tx) => tx.query(sql`select 1`, z.unknown()));
    this.endedBefore = this.#finished;
  }

  async come(count: number, context: TenantContext): Promise<void> {
    const database = await this.#open();
    const crowd = Promise.allSettled(
      Array.from({ length: count }, () =>
        database.transaction(context, async (tx) => {
          await tx.query(sql`select pg_sleep(${SHORT_S})`, z.unknown());
          return tx.query(sql`select title from thread`, titled);
        }),
      ),
    );
    await this.#countUntil(crowd);
    const results = await crowd;
    this.answered = results.filter((one) => one.status === 'fulfilled' && one.value.length === 2).length;
    this.refusals = results.flatMap((one) => (one.status === 'rejected' ? reasonOf(one.reason) : []));
  }

  async #countUntil(end: Promise<unknown>): Promise<void> {
    let over = false;
    void end.then(() => (over = true));
    await using counter = await this.#counter();
    while (!over) this.connections = Math.max(this.connections, await counter.count());
  }

  #open(): Promise<Database> {
    this.#database ??= (async () => {
      const url = new URL(addressOf('SPEC_POSTGRES_URL'));
      url.searchParams.set('application_name', this.#name);
      const addresses = {
        url: url.href,
        ownerUrl: addressOf('SPEC_POSTGRES_OWNER_URL'),
        serviceUrl: addressOf('SPEC_POSTGRES_SERVICE_URL'),
      };
      const ports = { clock: systemClock, random: systemRandom, log: silentLogger, metrics: noMetrics };
      return this.world.own(await openDatabase({ ...addresses, changes: schemaChanges }, ports));
    })();
    return this.#database;
  }

  /** The server's own count of this crowd's connections. */
  async #counter(): Promise<AsyncDisposable & { count(state?: 'active'): Promise<number> }> {
    const client = new Client({ connectionString: addressOf('SPEC_POSTGRES_URL') });
    await client.connect();
    return {
      count: async (state) => {
        const { rows } = await client.query<{ count: number }>(
          `select count(*)::integer as count from pg_stat_activity
           where application_name = $1 and ($2::text is null or state = $2)`,
          [this.#name, state ?? null],
        );
        return rows[0]?.count ?? 0;
      },
      [Symbol.asyncDispose]: () => client.end(),
    };
  }
}

function reasonOf(reason: unknown): string {
  if (reason instanceof PlatformError) return reason.message;
  throw reason;
}
