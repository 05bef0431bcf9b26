import { join } from 'node:path';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { answering } from '../answering';
import { OwnedChild } from '../processes/child';
import type { Started, Starting } from '../contract';
import { PLAIN_NODE, type OwnedRun } from '../processes/owned-run';
import { passwordText } from '../random-text';
import { RestartableServer } from '../processes/restartable-server';

const READY_MS = 20_000;

/** The chDB engine behind its own small HTTP endpoint, in a process of its own. */
export async function startEmbeddedClickHouse({ run, folder }: Starting): Promise<Started> {
  const password = passwordText();
  const { child, port } = await serveOn(0, run, folder, password);
  const url = `http://default:${password}@127.0.0.1:${port}/specs`;
  const startAgain = (): Promise<OwnedChild> =>
    answering(async () => (await serveOn(port, run, folder, password)).child, { limitMs: READY_MS });
  const server = new RestartableServer(child, startAgain);
  const version = await clickhouseVersion(url);
  return {
    env: { SPEC_CLICKHOUSE_URL: url },
    version,
    ended: server.ended,
    killable: server,
    stop: () => server.stop(),
  };
}

/** Port 0 is any free one. */
async function serveOn(
  port: number,
  run: OwnedRun,
  folder: string,
  password: string,
): Promise<{ child: OwnedChild; port: number }> {
  const args = [...PLAIN_NODE, join(__dirname, 'clickhouse-server.mts'), join(folder, 'clickhouse'), `${port}`];
  const child = OwnedChild.start(run, 'SIGKILL', process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, NODE_OPTIONS: '', CLICKHOUSE_PASSWORD: password, UV_THREADPOOL_SIZE: '16' },
  });
  return { child, port: (await child.message<{ type: 'listening'; port: number }>('listening')).port };
}

export async function clickhouseVersion(url: string): Promise<string> {
  const client = createClient({ url, request_timeout: 5_000, log: { level: ClickHouseLogLevel.OFF } });
  try {
    const answer = await client.query({ query: 'select version() as version', format: 'JSONEachRow' });
    const [row] = await answer.json<{ version: string }>();
    if (row === undefined) throw new Error('it answers, but does not state its version');
    return `ClickHouse ${row.version}`;
  } finally {
    await client.close();
  }
}
