import { execFile } from 'node:child_process';
import { readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../../../world/eventually';
import { freePort } from '../../../world/operations/free-port';
import type { OwnedChild } from '../processes/child';
import { createDatabase, createLogins, withClient, type PostgresEnv } from '../logins';
import { OwnedRun } from '../processes/owned-run';
import { passwordText } from '../random-text';
import { accountForPostgres, initialise, ownFolder, programsOfPackage, reachable, serveOn, SETTINGS } from './postgres';

/** Files that a session puts aside are counted from 0: more than one needs in a test. */
const FILES_PUT_ASIDE = 500;

/** Two real PostgreSQL servers of one's own: the second follows the first by streaming replication, and can take its place. */
export class PostgresPair implements AsyncDisposable {
  private constructor(
    private readonly run: OwnedRun,
    /** Logins of the database `specs`, at the first server. */
    private readonly env: PostgresEnv,
    /** The address of whoever may do everything, in the database `postgres`. */
    readonly superuser: (port: number) => string,
    /** The first server, and the one that follows it. */
    readonly ports: readonly [number, number],
    private first: OwnedChild,
    /** Of the first server. */
    private readonly data: string,
    private readonly startFirst: () => Promise<OwnedChild>,
  ) {}

  static async open(): Promise<PostgresPair> {
    const run = await OwnedRun.open(() => undefined);
    await using onFailure = new AsyncDisposableStack();
    onFailure.defer(() => run.close());
    const account = await accountForPostgres();
    const programs = reachable(await programsOfPackage(), account, run.folder());
    const [from, to] = ['first', 'second'].map((name) => ownFolder(join(run.folder(), name), account)) as [
      string,
      string,
    ];
    const password = passwordText();
    const superuser = (port: number): string => `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
    await initialise(run, programs, account, from, password);
    const [port, other] = [await freePort(), await freePort()];
    const serve = (at: number, folder: string, more = {}): Promise<OwnedChild> =>
      serveOn(at, run, programs, account, folder, password, { ...SETTINGS, ...more });
    const before = await serve(port, from);
    const env = await createLogins(await createDatabase(superuser(port)));
    // The package has no pg_basebackup: what a server that has stopped in order left behind is as good.
    await before.stop('SIGINT');
    await promisify(execFile)('cp', ['-a', join(from, 'data'), join(to, 'data')]);
    writeFileSync(join(to, 'data', 'standby.signal'), '');
    const startFirst = (): Promise<OwnedChild> => serve(port, from);
    const first = await startFirst();
    await serve(other, to, {
      primary_conninfo: `host=127.0.0.1 port=${port} user=postgres password=${password}`,
    });
    onFailure.move();
    return new PostgresPair(run, env, superuser, [port, other], first, join(from, 'data'), startFirst);
  }

  /** The address of a login, which names these servers in this order. */
  address(login: keyof PostgresEnv & `SPEC_${string}`, ...servers: readonly string[]): string {
    return String(this.env[login]).replace(`127.0.0.1:${this.ports[0]}`, servers.join(','));
  }

  async killFirst(): Promise<void> {
    this.first.process.kill('SIGKILL');
    await this.first.ended;
  }

  /** It is restarted as a replica: it answers, and takes no writes. */
  async demoteFirst(): Promise<void> {
    await this.first.stop('SIGINT');
    writeFileSync(join(this.data, 'standby.signal'), '');
    this.first = await this.startFirst();
  }

  promoteFirst(): Promise<void> {
    return this.#promote(this.ports[0]);
  }

  /** Whatever a session of this name puts aside finds no room from now on: the kernel refuses each byte, as on a full disk. */
  async fillFirst(application: string): Promise<void> {
    const { rows } = await withClient(this.superuser(this.ports[0]), (client) =>
      client.query<{ pid: number }>('select pid from pg_stat_activity where application_name = $1', [application]),
    );
    if (rows.length === 0) throw new Error(`no session is called ${application}`);
    for (const { pid } of rows)
      for (let file = 0; file < FILES_PUT_ASIDE; file++)
        symlinkSync('/dev/full', join(this.#putAside, `pgsql_tmp${pid}.${file}`));
  }

  /** There is room again. */
  emptyFirst(): void {
    for (const file of readdirSync(this.#putAside)) rmSync(join(this.#putAside, file));
  }

  /** Resolves when the second server has all that the first has written. */
  async caughtUp(): Promise<void> {
    const question = 'select bool_or(replay_lsn >= pg_current_wal_lsn()) as done from pg_stat_replication';
    await withClient(this.superuser(this.ports[0]), (client) =>
      eventually(async () => {
        const { rows } = await client.query<{ done: boolean | null }>(question);
        if (rows[0]?.done !== true) throw new Error('the second server has not got everything yet');
      }),
    );
  }

  /** From now on the second server takes writes. */
  promoteSecond(): Promise<void> {
    return this.#promote(this.ports[1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run.close();
  }

  async #promote(port: number): Promise<void> {
    await withClient(this.superuser(port), (client) => client.query('select pg_promote(true, 10)'));
  }

  get #putAside(): string {
    return join(this.data, 'base', 'pgsql_tmp');
  }
}
