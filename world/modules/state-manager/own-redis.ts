import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Redis } from 'ioredis';
import { FaultProxy } from '../../operations/fault-proxy';
import { freePort } from '../../operations/free-port';
import { reconnectingRedis } from './faults';
import type { Notes } from './notes';

/** Ways in which a Redis fails and is still there. */
export type RedisFailure = 'replica' | 'full' | 'forbidden';

/** A Redis of the scenario's own, to be filled, demoted, restarted or set up wrongly. */
export class OwnRedis {
  #redis: Redis | undefined;
  #server: ChildProcess | undefined;
  #proxy: FaultProxy | undefined;
  #port = 0;

  constructor(private readonly notes: Notes) {}

  /** Between the instances and this Redis. */
  get proxy(): FaultProxy {
    if (this.#proxy === undefined) throw new Error('this scenario has no Redis of its own');
    return this.#proxy;
  }

  /** Answers its address; the instance that serves from here on uses it. */
  async start(): Promise<string> {
    const { host } = this.notes;
    this.#port = await freePort();
    await this.#serve();
    // Whoever sets it up is not disturbed by what stands between it and the instances.
    this.#redis = reconnectingRedis(host, this.#url);
    this.#proxy = host.own(await FaultProxy.open(this.#url));
    await this.notes.serveWith({ redis: reconnectingRedis(host, this.#proxy.url) });
    return this.#proxy.url;
  }

  async configure(setting: 'maxmemory' | 'maxmemory-policy', value: string): Promise<void> {
    await this.#redis?.config('SET', setting, value);
  }

  async failBy(failure: RedisFailure): Promise<void> {
    if (failure === 'replica') return this.demote(true);
    if (failure === 'full') return this.configure('maxmemory', '1');
    await this.permit('set', false);
  }

  /** Makes it a replica of a primary that is not there, or the primary again. */
  async demote(isReplica: boolean): Promise<void> {
    await this.#redis?.call('REPLICAOF', ...(isReplica ? ['127.0.0.1', '1'] : ['NO', 'ONE']));
  }

  /** Demoted for good: behind its address there is another one now, and open connections still lead to this one. */
  async failOver(): Promise<void> {
    await this.demote(true);
    this.#port = await freePort();
    await this.#serve();
    this.proxy.leadTo(this.#url);
  }

  /** Lets logins use this command no longer, or again. */
  async permit(command: string, isPermitted: boolean): Promise<void> {
    await this.#redis?.call('ACL', 'SETUSER', 'default', `${isPermitted ? '+' : '-'}${command}`);
  }

  /** Killed, and started again at the same address: nothing of what it held is there. */
  async restartEmpty(): Promise<void> {
    const server = this.#server;
    if (server === undefined) throw new Error('this scenario has no Redis of its own');
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
    await this.#serve();
  }

  get #url(): string {
    return `redis://127.0.0.1:${this.#port}`;
  }

  async #serve(): Promise<void> {
    const path = resolve(__dirname, '../../../support/services/embedded/redis-server.mts');
    const env = { ...process.env, NODE_OPTIONS: '' };
    const server = fork(path, [String(this.#port)], { execArgv: [], env, silent: true });
    this.#server = server;
    this.notes.host.own({ [Symbol.dispose]: () => void server.kill('SIGKILL') });
    await once(server, 'message');
  }
}
