import { join } from 'node:path';
import { Redis } from 'ioredis';
import { answering } from '../answering';
import { OwnedChild } from '../processes/child';
import type { Started, Starting } from '../contract';
import { freePort } from '../../../world/operations/free-port';
import { PLAIN_NODE, type OwnedRun } from '../processes/owned-run';
import { passwordText } from '../random-text';
import { RestartableServer } from '../processes/restartable-server';

const READY_MS = 20_000;
const PORT_TRIES = 3;

/** Valkey in WebAssembly. It keeps nothing on disk: killing it is a true loss of the hot tier. */
export async function startEmbeddedRedis({ run }: Starting): Promise<Started> {
  const password = passwordText();
  for (let tries = 1; ; tries++) {
    const port = await freePort();
    try {
      const { child, version } = await serveOn(port, run, password);
      const startAgain = (): Promise<OwnedChild> =>
        answering(async () => (await serveOn(port, run, password)).child, { limitMs: READY_MS });
      const server = new RestartableServer(child, startAgain);
      return {
        env: { SPEC_REDIS_URL: `redis://default:${password}@127.0.0.1:${port}` },
        version,
        ended: server.ended,
        killable: server,
        stop: () => server.stop(),
      };
    } catch (error) {
      if (tries < PORT_TRIES && String(error).includes('EADDRINUSE')) continue;
      throw error;
    }
  }
}

async function serveOn(port: number, run: OwnedRun, password: string): Promise<{ child: OwnedChild; version: string }> {
  const args = [...PLAIN_NODE, join(__dirname, 'redis-server.mts'), String(port)];
  const child = OwnedChild.start(run, 'SIGKILL', process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  try {
    await child.message('listening');
    const version = await answering(() => protect(port, password), { limitMs: READY_MS, gaveUp: child.ended });
    return { child, version };
  } catch (error) {
    await child.stop();
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${why}${child.lastWords()}`, { cause: error });
  }
}

async function protect(port: number, password: string): Promise<string> {
  return withRedis(`redis://127.0.0.1:${port}`, async (client) => {
    const version = redisVersion(await client.info('server'));
    await client.config('SET', 'requirepass', password);
    return version;
  });
}

/** One connection, one try: what cannot connect now rejects now. */
export async function withRedis<T>(url: string, body: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    connectTimeout: 5_000,
    commandTimeout: 5_000,
  });
  let reason: Error | null = null;
  client.on('error', (error: Error) => (reason ??= error));
  try {
    await client.connect();
    return await body(client);
  } catch (error) {
    // The client says "Connection is closed." to the question, and why to its listeners.
    throw reason ?? error;
  } finally {
    client.disconnect();
  }
}

/** From the answer to `INFO server`; throws when it is not Redis's. */
export function redisVersion(info: string): string {
  const valkey = /^valkey_version:(\S+)/m.exec(info)?.[1];
  const redis = /^redis_version:(\S+)/m.exec(info)?.[1];
  if (valkey !== undefined) return `Valkey ${valkey}`;
  if (redis !== undefined) return `Redis ${redis}`;
  throw new Error('it answers, but not with the facts of a Redis server');
}
