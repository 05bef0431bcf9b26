import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { idColumn } from '../../../ssot/id-manager';
import { FaultProxy } from '../../operations/fault-proxy';
import { nextReport } from '../../operations/next-report';
import { addressOf } from '../../settings';
import type { IdentifiersHost } from './host';
import type { Order, Report } from './instance-process';

const ROOT = resolve(__dirname, '../../..');

/** Processes that give ids and store records under them, in a table of the scenario's own. */
export class Instances implements AsyncDisposable {
  /** How many different and valid ids they gave together. */
  distinct = 0;
  readonly #table = `id_spec_${randomBytes(6).toString('hex')}`;
  #children: ChildProcess[] = [];
  #proxy: FaultProxy | null = null;

  constructor(private readonly host: IdentifiersHost) {}

  async start(count: number, url = addressOf('SPEC_POSTGRES_OWNER_URL')): Promise<void> {
    const column = idColumn('thread');
    await this.host.connections.rows().query(`create unlogged table ${this.#table} (thread_id ${column} primary key)`);
    this.host.own(this);
    this.#children = Array.from({ length: count }, () =>
      fork(resolve(__dirname, 'instance-process.ts'), [this.#table, url], {
        cwd: ROOT,
        execArgv: ['--require', './support/typescript/register.js'],
      }),
    );
    await Promise.all(this.#children.map((child) => nextReport(child)));
  }

  /** PostgreSQL is unreachable for this instance, and for nobody else. */
  async startWithoutPostgres(): Promise<void> {
    this.#proxy = this.host.own(await FaultProxy.open(addressOf('SPEC_POSTGRES_OWNER_URL')));
    this.#proxy.cut();
    await this.start(1, this.#proxy.url);
  }

  /** All at the same moment. */
  async give(count: number): Promise<void> {
    await this.#tell({ type: 'give', count });
  }

  /** All at the same moment; PostgreSQL is reachable from here on. */
  async store(): Promise<void> {
    this.#proxy?.restore();
    await this.#tell({ type: 'store' });
  }

  async stored(): Promise<number> {
    const count = `select count(*) from ${this.#table}`;
    const { rows } = await this.host.connections.rows().query<{ count: string }>(count);
    return Number(rows[0]?.count);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#children.map(kill));
    await this.host.connections.rows().query(`drop table ${this.#table}`);
  }

  async #tell(order: Order): Promise<void> {
    const reports = this.#children.map((child) => nextReport<Report>(child));
    for (const child of this.#children) child.send(order);
    this.distinct = (await Promise.all(reports)).reduce(
      (sum, report) => sum + (report.type === 'done' ? report.distinct : 0),
      0,
    );
  }
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
