import { join } from 'node:path';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { OwnedChild } from '../child';
import type { Started, Starting } from '../contract';
import { PLAIN_NODE } from '../owned-run';
import { passwordText } from '../random-text';

/** The chDB engine behind its own small HTTP endpoint, in a process of its own. */
export async function startEmbeddedClickHouse({ run }: Starting): Promise<Started> {
  const password = passwordText();
  const args = [...PLAIN_NODE, join(__dirname, 'clickhouse-server.mts'), join(run.folder(), 'clickhouse')];
  const server = OwnedChild.start(run, 'SIGKILL', process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, NODE_OPTIONS: '', CLICKHOUSE_PASSWORD: password, UV_THREADPOOL_SIZE: '16' },
  });
  const { port } = await server.message<{ type: 'listening'; port: number }>('listening');
  const url = `http://default:${password}@127.0.0.1:${port}/specs`;
  const version = await clickhouseVersion(url);
  return { env: { SPEC_CLICKHOUSE_URL: url }, version, ended: server.ended, stop: () => server.stop() };
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
