import pg from 'pg';
import { serversOf, wantsWritable } from './address';
import { DatabaseError } from '../errors';
import { classify } from '../failures';

/** Where another server of the database may be the one that takes writes by now. */
const ELSEWHERE = new Set(['database_unreachable', 'database_connection_lost', 'database_read_only']);

/** The servers of one database, of which one takes writes: tried from the one that did so last. */
class Servers {
  #place = 0;
  private readonly all: readonly string[];

  constructor(address: string) {
    this.all = serversOf(address);
  }

  get count(): number {
    return this.all.length;
  }

  get current(): string {
    return this.all[this.#place] as string;
  }

  /** The limit holds for all tries together: one server that swallows everything leaves time for the others. */
  share(limitMs: number): number {
    return Math.floor(limitMs / this.all.length);
  }

  /** Whoever comes later has left it already. */
  leave(server: string): void {
    if (this.current === server) this.#place = (this.#place + 1) % this.all.length;
  }

  /** Tries each server once, and throws what the last one's failure was classified as. */
  async find<T>(connect: () => Promise<T>): Promise<T> {
    for (let left = this.count; ; left--) {
      const server = this.current;
      try {
        return await connect();
      } catch (failure) {
        const error = classify(failure);
        if (!(error instanceof DatabaseError) || !ELSEWHERE.has(error.code)) throw error;
        this.leave(server);
        if (left <= 1) throw error;
      }
    }
  }
}

/**
 * A pool of connections to the server that takes writes, of those that the address names; one is looked for when a connection is
 * opened, so that a failover is followed as soon as it has broken the connections to the server before. With one server and
 * without `target_session_attrs` it is the driver's own pool. Throws `DatabaseError` where a connection cannot be made.
 */
export class ServerPool extends pg.Pool {
  readonly #servers: Servers;

  constructor(address: string, config: pg.PoolConfig & { readonly connectionTimeoutMillis: number }) {
    const servers = new Servers(address);
    super({
      ...config,
      connectionString: servers.current,
      ...(servers.count > 1 && { Client: clientOf(servers, config.connectionTimeoutMillis) }),
      // oxlint-disable-next-line typescript/no-misused-promises -- the driver waits for it; only its types do not say so
      ...(wantsWritable(address) && { onConnect: assertWritable }),
    });
    this.#servers = servers;
  }

  /** As `connect`, at each server once. */
  borrow(): Promise<pg.PoolClient> {
    return this.#servers.find(() => this.connect());
  }
}

/** One connection, ended by the caller, to the server that takes writes. Throws `DatabaseError` where none can be made. */
export async function connectWritable(
  address: string,
  config: pg.ClientConfig & { readonly connectionTimeoutMillis: number },
): Promise<pg.Client> {
  const servers = new Servers(address);
  return servers.find(async () => {
    const client = new pg.Client({
      ...config,
      connectionString: servers.current,
      connectionTimeoutMillis: servers.share(config.connectionTimeoutMillis),
    });
    // Whoever asks something is told; without a listener a lost connection would end the process.
    client.on('error', () => undefined);
    try {
      await client.connect();
      if (wantsWritable(address)) await assertWritable(client);
      return client;
    } catch (error) {
      await client.end();
      throw error;
    }
  });
}

function clientOf(servers: Servers, limitMs: number): typeof pg.Client {
  return class extends pg.Client {
    constructor(config: pg.ClientConfig) {
      const connectionTimeoutMillis = servers.share(limitMs);
      super({ ...config, connectionString: servers.current, connectionTimeoutMillis });
    }
  };
}

async function assertWritable(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ transaction_read_only: string }>('show transaction_read_only');
  if (rows[0]?.transaction_read_only !== 'on') return;
  throw new DatabaseError(
    'database_read_only',
    'None of the servers of the database takes writes right now. Try again.',
  );
}
