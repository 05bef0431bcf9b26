import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { idSchema, readId, type LegacyRecord } from '../../../ssot/id-manager';
import { vouchFor, type Id, type PlatformError, type TenantContext } from '../../../ssot/kernel';
import { eventually } from '../../eventually';
import { FaultProxy } from '../../operations/fault-proxy';
import type { Company } from '../../actors/personas';
import { addressOf } from '../../settings';
import type { IdentifiersHost } from './host';
import { resultOf, runCommand, startCommand, type CommandResult } from './import-command';
import { linesOf, linkedRecords, uuidOfWords } from './legacy-records';
import { oddRecord, type OddRecord } from './odd-records';
import { StoredMigrations } from './stored-migrations';
import { suffixOf } from './typeid-standard';

export interface ImportTotals {
  readonly converted: number;
  readonly already: number;
  readonly refused: number;
}

/** Companies that bring records under plain UUIDs, with the command that operators use. */
export class Migrations {
  /** Of the commands run last, in order. */
  results: readonly CommandResult[] = [];
  /** The import that did not come to its end. */
  interrupted: CommandResult | null = null;
  refused: PlatformError | null = null;
  /** Entries that a killed import left. */
  kept = 0;
  brought: readonly LegacyRecord[] = [];
  lookedUp: { byMigration: string | undefined; elsewhere: readonly string[] } | null = null;
  readonly #stored: StoredMigrations;
  readonly #salt = randomBytes(8).toString('hex');
  readonly #companies = new Map<Company, TenantContext>();
  #sharedId: Id<'mig'> | null = null;

  constructor(private readonly host: IdentifiersHost) {
    this.#stored = new StoredMigrations(host);
  }

  /** The UUID of something in this scenario: the same for all its companies, and nobody else's. */
  readonly uuidOf = (title: string): string => uuidOfWords(`${this.#salt} ${title}`);
  readonly idOf = (title: string): string => `thread_${suffixOf(this.uuidOf(title))}`;

  /** Everything an operator read of the commands run last. */
  get read(): string {
    return this.results.flatMap(({ out, err }) => [...out, ...err]).join('\n');
  }

  get last(): CommandResult | undefined {
    return this.results.at(-1);
  }

  /** What the imports run last reported, added up. */
  get totals(): ImportTotals {
    const said = [...this.read.matchAll(/^(\d+) converted, (\d+) already imported, (\d+) refused$/gm)];
    const sum = (group: number): number => said.reduce((total, found) => total + Number(found[group]), 0);
    return { converted: sum(1), already: sum(2), refused: sum(3) };
  }

  async run(company: Company, ...args: readonly string[]): Promise<CommandResult> {
    const result = await runCommand(this.#context(company).tenantId, args);
    this.results = [result];
    return result;
  }

  async import(company: Company, records: readonly LegacyRecord[]): Promise<void> {
    const { tenantId } = this.#context(company);
    this.results = [await runCommand(tenantId, ['import', '-'], { input: linesOf(records) })];
  }

  importThreads(company: Company, ...titles: readonly string[]): Promise<void> {
    return this.import(
      company,
      titles.map((title) => ({ kind: 'thread', legacy: this.uuidOf(title) })),
    );
  }

  importLinked(company: Company, count: number, odd: OddRecord): Promise<void> {
    const records = this.#bring(count);
    const also = oddRecord(odd, records[0], this.uuidOf);
    return this.import(company, also === undefined ? records : [...records, also.asItCame]);
  }

  async correct(company: Company, odd: OddRecord): Promise<void> {
    const record = oddRecord(odd, this.brought[0], this.uuidOf);
    if (record === undefined) throw new Error('there is nothing to correct');
    const { status } = await this.run(company, 'withdraw', record.asItCame.kind, record.asItCame.legacy);
    if (status !== 0) throw new Error(`the record was not withdrawn: ${this.read}`);
    await this.import(company, [record.corrected]);
  }

  async importByTwoWorkers(company: Company, count: number): Promise<void> {
    const { tenantId } = this.#context(company);
    const records = this.#bring(count);
    const orders = [records, records.toReversed()].map(linesOf);
    this.results = await Promise.all(orders.map((input) => runCommand(tenantId, ['import', '-'], { input })));
  }

  /** With the command as a process of its own, as an operator starts it. */
  async importFile(company: Company, count: number): Promise<void> {
    const { tenantId } = this.#context(company);
    await this.host.connections.database();
    const folder = await mkdtemp(join(tmpdir(), 'migrate-ids-'));
    this.host.own({ [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) });
    const file = join(folder, 'records.ndjson');
    await writeFile(file, linesOf(this.#bring(count)));
    this.results = [await resultOf(startCommand(tenantId, ['import', file]))];
  }

  /** Kills the command with SIGKILL while it imports; its input has no end, so that it cannot finish before. */
  async importAndKill(company: Company, count: number): Promise<void> {
    const { tenantId } = this.#context(company);
    await this.host.connections.database();
    const child = startCommand(tenantId, ['import', '-']);
    const ended = resultOf(child);
    child.stdin?.on('error', (error: NodeJS.ErrnoException) => {
      // Nobody reads the rest once the process is dead.
      if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') throw error;
    });
    child.stdin?.write(linesOf(this.#bring(count)));
    await this.#untilImported(company, count / 4);
    child.kill('SIGKILL');
    this.interrupted = await ended;
    this.kept = await this.#stored.entries(this.#context(company));
  }

  /** PostgreSQL becomes unreachable to the command when the first half of the records is imported. */
  async importAndLosePostgres(company: Company, count: number): Promise<void> {
    const { tenantId } = this.#context(company);
    await this.host.connections.database();
    const proxy = this.host.own(await FaultProxy.open(addressOf('SPEC_POSTGRES_URL')));
    const input = new PassThrough();
    const records = this.#bring(count);
    const command = runCommand(tenantId, ['import', '-'], { input, postgresUrl: proxy.url });
    input.write(linesOf(records.slice(0, count / 2)));
    await this.#untilImported(company, count / 2);
    proxy.cut();
    input.end(linesOf(records.slice(count / 2)));
    this.interrupted = await command;
    this.kept = await this.#stored.entries(this.#context(company));
  }

  importAgain(company: Company): Promise<void> {
    return this.import(company, this.brought);
  }

  async advanceTo(company: Company, stage: number, title: string): Promise<void> {
    if (stage > 0) await this.importThreads(company, title);
    if (stage > 1) await this.run(company, 'cut-over');
  }

  /** By the migration, and by the readers that every boundary of the platform uses. */
  async lookUp(company: Company, title: string): Promise<void> {
    const uuid = this.uuidOf(title);
    const read = readId('thread', uuid);
    const issue = idSchema('thread').safeParse(uuid).error?.issues[0] as { params?: { code: string } } | undefined;
    this.lookedUp = {
      byMigration: await this.newIdOf(company, title),
      elsewhere: [read.ok ? 'accepted' : read.error.code, issue?.params?.code ?? 'accepted'],
    };
  }

  async newIdOf(company: Company, title: string): Promise<string | undefined> {
    const { status, out } = await this.run(company, 'resolve', 'thread', this.uuidOf(title));
    return status === 0 ? out[0] : undefined;
  }

  /** What the command says about an id that is given now. */
  async describeNewThread(): Promise<{ origin: string; issuedAt: string }> {
    const { out } = await this.run('Acme', 'describe', this.host.connections.ids.next('thread'));
    return JSON.parse(out[0] ?? '') as { origin: string; issuedAt: string };
  }

  /** The counts in the first line of the report. */
  async report(company: Company): Promise<string | undefined> {
    return (await this.run(company, 'report')).out[0];
  }

  async mayCutOver(company: Company): Promise<boolean> {
    return (await this.run(company, 'report')).out.at(-1) === 'may cut over';
  }

  async stateOf(company: Company): Promise<readonly string[]> {
    const rows = await this.#stored.migrations(this.#context(company));
    return rows.map(({ state, over }) => (state === 'cut_over' && over !== null ? 'over' : state));
  }

  async misplaced(company: Company, count: number): Promise<readonly string[]> {
    if (this.brought.length !== count) throw new Error(`${this.brought.length} records were brought, not ${count}`);
    return this.#stored.misplaced(this.#context(company), this.brought);
  }

  /** Opens a migration; every further one in this scenario gets the id of the first. */
  async openUnderTheSameId(company: Company): Promise<void> {
    this.#sharedId ??= this.host.connections.ids.next('mig');
    this.refused = await this.#stored.openUnder(this.#context(company), this.#sharedId);
  }

  #context(company: Company): TenantContext {
    const known = this.#companies.get(company);
    if (known !== undefined) return known;
    const { ids } = this.host.connections;
    const made = vouchFor({
      tenantId: ids.next('tenant'),
      userId: ids.next('user'),
      plan: 'enterprise',
      permissions: [],
    });
    this.#companies.set(company, made);
    return made;
  }

  /** Remembered for an import that is started again. */
  #bring(count: number): readonly LegacyRecord[] {
    this.brought = linkedRecords(this.#salt, count);
    return this.brought;
  }

  #untilImported(company: Company, count: number): Promise<void> {
    return eventually(async () => {
      const entries = await this.#stored.entries(this.#context(company));
      if (entries < count) throw new Error(`${entries} records are imported yet`);
    }, 20_000);
  }
}
