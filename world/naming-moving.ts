import { fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { z, type ZodType } from 'zod';
import {
  idSchema,
  openMigration,
  postgresLedger,
  readId,
  type BatchOutcome,
  type Id,
  type IdError,
  type IdSource,
  type LedgerDb,
  type LegacyRecord,
  type Migration,
  type MigrationReport,
} from '../ssot/id-manager';
import { silentLogger, sql, vouchFor, type PlatformError, type Sql, type TenantContext } from '../ssot/kernel';
import { FaultProxy } from './fault-proxy';
import type { NamingHost } from './naming';
import { openBooks } from './naming-books';
import { BATCH, linkedRecords, oldName } from './naming-old-records';
import { suffixOf } from './naming-reference';
import type { Company } from './personas';
import { addressOf } from './settings';

const MOVE = 'from plain UUIDs';

export type OddOne = 'nothing else' | 'a malformed one' | 'one whose parent is missing' | `the thread "${string}"`;

/** Companies moving in with old names, on the real books. Every scenario's companies and old names are its own. */
export class Moving {
  outcomes: BatchOutcome[] = [];
  refused: PlatformError | null = null;
  answer = '';
  withdrawn: boolean | null = null;
  #keptByKilled = 0;
  #brought = 0;
  progress: number[] = [];
  looked: { migration: Id | undefined; others: string[] } | null = null;
  #companies = new Map<Company, TenantContext>();
  #migrations = new Map<Company, Migration>();
  #db: LedgerDb | null = null;
  #line: FaultProxy | null = null;

  constructor(private readonly world: NamingHost) {}

  company(name: Company): TenantContext {
    const known = this.#companies.get(name);
    if (known !== undefined) return known;
    const { ids } = this.world.connections;
    const made = vouchFor({
      tenantId: ids.next('tenant'),
      userId: ids.next('user'),
      plan: 'enterprise',
      permissions: [],
    });
    this.#companies.set(name, made);
    return made;
  }

  /** From here on the books are reached over a line of their own, which can be cut. */
  async reachBooksOverLine(): Promise<void> {
    await this.world.connections.database();
    this.#line = this.world.own(await FaultProxy.open(addressOf('SPEC_POSTGRES_URL')));
    this.#db = this.world.own(await openBooks(this.#line.url));
  }

  async bringOverCutLine(company: Company, count: number): Promise<void> {
    this.#line?.cut();
    await this.bring(company, ...this.#records(company, count));
  }

  async bringOverMendedLine(company: Company): Promise<void> {
    this.#line?.restore();
    await this.bring(company, ...this.#records(company));
  }

  async open(company: Company, ids = this.world.connections.ids): Promise<Migration> {
    const ledger = postgresLedger(this.#db ?? (await this.world.connections.database()));
    const note = (facts: object): void => void this.progress.push((facts as { converted: number }).converted);
    const log = { ...silentLogger, info: note };
    return openMigration(this.company(company), MOVE, { ledger, clock: this.world.clock, ids, log });
  }

  async move(company: Company): Promise<Migration> {
    const known = this.#migrations.get(company);
    if (known !== undefined) return known;
    const opened = await this.open(company);
    this.#migrations.set(company, opened);
    return opened;
  }

  /** The old name of something in this scenario: the same for all its companies, and nobody else's. */
  old(title: string): string {
    return oldName(`${this.company('Acme').tenantId} ${title}`);
  }

  async bring(company: Company, ...records: readonly LegacyRecord[]): Promise<void> {
    const migration = await this.move(company);
    try {
      this.outcomes.push(await migration.add(records));
    } catch (refusal) {
      this.refused = refusal as PlatformError;
    }
  }

  bringThreads(company: Company, ...titles: readonly string[]): Promise<void> {
    return this.bring(company, ...titles.map((title) => ({ kind: 'thread' as const, legacy: this.old(title) })));
  }

  async bringLinked(company: Company, count: number, odd: OddOne = 'nothing else'): Promise<void> {
    const records = this.#records(company, count);
    await this.bring(company, ...records, ...this.#odd(odd, records, false));
  }

  async withdrawAndCorrect(company: Company, odd: OddOne): Promise<void> {
    const records = this.#records(company);
    for (const record of this.#odd(odd, records, false)) await this.withdraw(company, record);
    await this.bring(company, ...this.#odd(odd, records, true));
  }

  async withdraw(company: Company, record: LegacyRecord): Promise<void> {
    this.withdrawn = await (await this.move(company)).withdraw(record.kind, record.legacy);
  }

  async withdrawFirst(company: Company): Promise<void> {
    const [first] = this.#records(company);
    await this.withdraw(company, first as LegacyRecord);
  }

  async bringByTwoWorkers(company: Company, count: number): Promise<void> {
    const workers = await Promise.all([this.open(company), this.open(company)]);
    const records = this.#records(company, count);
    const orders = [records, [...records].reverse()];
    this.outcomes = await Promise.all(workers.map((worker, i) => worker.add(orders[i] ?? [])));
  }

  async bringInTwoSpellings(company: Company, title: string): Promise<void> {
    const legacy = this.old(title);
    await this.bring(company, { kind: 'thread', legacy }, { kind: 'thread', legacy: legacy.toUpperCase() });
  }

  async bringOddTexts(company: Company, title: string, long: number, length: number): Promise<void> {
    const ends = Array.from({ length: long }, (_, i) => `${i}`.padStart(length, 'x'));
    const records = [this.old(title), ...ends, 'a\0b', 'a\\u0000b'].map((legacy) => ({
      kind: 'thread' as const,
      legacy,
    }));
    await this.bring(company, ...records);
  }

  async bringOneByOne(company: Company, count: number, pause: () => void): Promise<void> {
    for (const record of this.#records(company, count)) {
      pause();
      await this.bring(company, record);
    }
    await (await this.move(company))[Symbol.asyncDispose]();
  }

  /** What is told: `done`, or the first sentence of the refusal. */
  async cutOver(company: Company): Promise<void> {
    try {
      await (await this.move(company)).cutOver();
      this.answer = 'done';
    } catch (refusal) {
      this.refused = refusal as IdError;
      this.answer = `${this.refused.message.split('. ')[0]}.`;
    }
  }

  async report(company: Company): Promise<MigrationReport> {
    return (await this.move(company)).report();
  }

  /** Counts of the books, as operators say them. */
  async books(company: Company): Promise<string> {
    const { seen, converted, refused, orphans } = await this.report(company);
    const figures = [seen, converted, refused.length, orphans.length].map((count) => count.toLocaleString('en'));
    return `${figures[0]} seen, ${figures[1]} converted, ${figures[2]} refused and ${figures[3]} orphaned`;
  }

  /** The company's moves as they are stored: open or over, and since when. */
  stored(company: Company): Promise<readonly { state: string; over: Date | null }[]> {
    const row = z.object({ state: z.string(), over: z.date().nullable() });
    return this.#look(company, sql`select state, cut_over_at as over from id_migration`, row);
  }

  async leadsTo(company: Company, legacy: string): Promise<Id | undefined> {
    return (await this.move(company)).resolve('thread', legacy);
  }

  nameOf(title: string): string {
    return `thread_${suffixOf(this.old(title))}`;
  }

  async lookUp(company: Company, title: string): Promise<void> {
    const old = this.old(title);
    const read = readId('thread', old);
    const form = idSchema('thread').safeParse(old);
    const params = (form.error?.issues[0] as { params?: { code: string } } | undefined)?.params;
    this.looked = {
      migration: await this.leadsTo(company, old),
      others: [read.ok ? 'let in' : read.error.code, params?.code ?? 'let in'],
    };
  }

  /** An import in a process of its own, killed after some batches in the middle of the next. */
  async importAndKill(company: Company, count: number, batches: number): Promise<void> {
    await this.world.connections.database();
    const context = this.company(company);
    this.#brought = count;
    const child = fork(
      resolve(__dirname, 'naming-import-process.ts'),
      [context.tenantId, context.userId, MOVE, `${count}`],
      {
        execArgv: ['--require', 'ts-node/register'],
        cwd: resolve(__dirname, '..'),
      },
    );
    const ended = once(child, 'exit');
    await new Promise<void>((killed, failed) => {
      child.on('message', (done: number) => {
        if (done < batches) return;
        child.kill('SIGKILL');
        killed();
      });
      child.once('exit', (code) =>
        failed(new Error(`the import ended by itself with ${code} before it could be killed`)),
      );
    });
    await ended;
    this.#keptByKilled = await this.entered(company);
  }

  async importAgain(company: Company): Promise<void> {
    const records = this.#records(company);
    for (let from = 0; from < records.length; from += BATCH)
      await this.bring(company, ...records.slice(from, from + BATCH));
  }

  get afterKill(): { kept: number; batch: number; again: { converted: number; already: number } } {
    return { kept: this.#keptByKilled, batch: BATCH, again: this.totals };
  }

  get totals(): { converted: number; already: number } {
    return {
      converted: this.outcomes.reduce((sum, outcome) => sum + outcome.converted, 0),
      already: this.outcomes.reduce((sum, outcome) => sum + outcome.already, 0),
    };
  }

  /** Stored records whose name is not the one that their UUID leads to. */
  async misnamed(company: Company): Promise<number> {
    const row = z.object({ kind: z.string(), legacy: z.string(), new_id: z.string() });
    const rows = await this.#look(company, sql`select kind, legacy, new_id from id_migration_item`, row);
    return rows.filter(({ kind, legacy, new_id }) => new_id !== `${kind}_${suffixOf(legacy)}`).length;
  }

  /** Records that are not stored with the parent they came with. */
  async unlinked(company: Company): Promise<number> {
    const row = z.object({ legacy: z.string(), parent_legacy: z.string().nullable() });
    const rows = await this.#look(company, sql`select legacy, parent_legacy from id_migration_item`, row);
    const stored = new Map(rows.map(({ legacy, parent_legacy }) => [legacy, parent_legacy]));
    return this.#records(company).filter(({ legacy, parent }) => stored.get(legacy) !== (parent?.legacy ?? null))
      .length;
  }

  /** How a batch of odd texts was answered and what the books then list for this reason. */
  async listed(
    company: Company,
    reason: string,
  ): Promise<{ converted: number; told: number; listed: number; texts: string[] }> {
    const outcome = this.outcomes.at(-1);
    const { refused } = await this.report(company);
    const texts = refused.filter((refusal) => refusal.reason === reason).map((refusal) => refusal.legacy);
    return {
      converted: outcome?.converted ?? 0,
      told: outcome?.refused.filter((refusal) => refusal.reason === reason).length ?? 0,
      listed: texts.length,
      texts,
    };
  }

  /** Opens a move with a source that will give a name of the caller's making. */
  async openUnder(company: Company, ids: IdSource): Promise<void> {
    try {
      await this.open(company, ids);
    } catch (refusal) {
      this.refused = refusal as PlatformError;
    }
  }

  async advanceTo(company: Company, stage: number, title: string): Promise<void> {
    if (stage > 0) await this.bringThreads(company, title);
    if (stage > 1) await this.cutOver(company);
  }

  /** The same records for the same company; the number is remembered. */
  #records(company: Company, count = this.#brought): LegacyRecord[] {
    this.#brought = count;
    return linkedRecords(this.company(company).tenantId, count);
  }

  /** Lines in the company's books, seen from outside. */
  async entered(company: Company): Promise<number> {
    const row = z.object({ count: z.coerce.number() });
    const [found] = await this.#look(company, sql`select count(*) as count from id_migration_item`, row);
    return found?.count ?? 0;
  }

  /** Looks at what is stored, as the company itself: nobody sees other companies' rows, the tables' owner neither. */
  async #look<R>(company: Company, statement: Sql, row: ZodType<R>): Promise<readonly R[]> {
    const database = await this.world.connections.database();
    return database.transaction(this.company(company), (tx) => tx.query(statement, row), { readOnly: true });
  }

  #odd(odd: OddOne, others: readonly LegacyRecord[], corrected: boolean): LegacyRecord[] {
    const thread = others[0] as LegacyRecord;
    switch (odd) {
      case 'nothing else':
        return [];
      case 'a malformed one':
        return [{ kind: 'run', legacy: corrected ? this.old('mended') : 'run no. 17', parent: thread }];
      case 'one whose parent is missing':
        return [
          {
            kind: 'run',
            legacy: this.old('lost'),
            parent: corrected ? thread : { kind: 'thread', legacy: this.old('never brought') },
          },
        ];
      default:
        return [{ kind: 'thread', legacy: this.old(odd.slice('the thread "'.length, -1)) }];
    }
  }
}
