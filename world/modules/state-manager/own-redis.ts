import { fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Redis } from 'ioredis';
import { freePort } from '../../operations/free-port';
import { reconnectingRedis } from './faults';
import type { Notes } from './notes';

/** A Redis of the scenario's own, to be filled or set up wrongly. */
export class OwnRedis {
  #redis: Redis | undefined;

  constructor(private readonly notes: Notes) {}

  /** Answers its address; the instance that serves from here on uses it. */
  async start(): Promise<string> {
    const { host } = this.notes;
    const port = await freePort();
    const server = fork(resolve(__dirname, '../../../support/services/embedded/redis-server.mts'), [String(port)], {
      execArgv: [],
      env: { ...process.env, NODE_OPTIONS: '' },
      silent: true,
    });
    host.own({ [Symbol.dispose]: () => void server.kill('SIGKILL') });
    await once(server, 'message');
    const url = `redis://127.0.0.1:${port}`;
    this.#redis = reconnectingRedis(host, url);
    await this.notes.serveWith({ redis: this.#redis });
    return url;
  }

  async configure(setting: 'maxmemory' | 'maxmemory-policy', value: string): Promise<void> {
    await this.#redis?.config('SET', setting, value);
  }
}
