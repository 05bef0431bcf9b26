import { connect as connectPlain } from 'node:net';
import { connect as connectEncrypted } from 'node:tls';
import { AbstractConnector, Cluster, Redis, type RedisOptions } from 'ioredis';
import { serverAddresses } from '../../kernel';

interface Node {
  readonly host: string;
  readonly port: number;
}
interface NodeOptions {
  readonly username?: string;
  readonly password?: string;
  readonly tls?: object;
}

/** Several servers, among which keys are divided by what stands in their braces. */
export class RedisCluster extends Cluster {
  constructor(
    /** Those that lead to all others. */
    readonly named: readonly Node[],
    readonly login: NodeOptions,
  ) {
    super([...named], {
      redisOptions: { ...login, connectTimeout: NODE_CONNECT_MS, maxRetriesPerRequest: 1 },
      clusterRetryStrategy: retryStrategy,
      maxRedirections: MAX_REDIRECTIONS,
      retryDelayOnFailover: NEVER,
      // Names are looked up when a connection is made, so that a certificate is held against the name and not its address.
      dnsLookup: (host, done) => done(null, host),
    });
  }
}

export type RedisConnection = Redis | RedisCluster;

const CONNECT_MS = 2_000;
/** As long as a call is waited for: what waits for a node's connection is not done long after it was given up. */
const NODE_CONNECT_MS = 500;
const MAX_REDIRECTIONS = 4;
/** What was under way when a connection broke may have been done: only its caller knows whether it may be done again. */
const NEVER = 0;
const retryStrategy = (tries: number): number => Math.min(100 * tries, 1_000);

/**
 * Connects to `redis://user:password@host:6379`; several hosts, or `?cluster=yes` behind one, are nodes of one Redis Cluster. Comes
 * back by itself after a break. The caller listens to `error` and disconnects.
 */
export function connectRedis(address: string): RedisConnection {
  const urls = serverAddresses(address).map((server) => new URL(server));
  const [first] = urls as [URL, ...URL[]];
  if (urls.length === 1 && first.searchParams.get('cluster') === null) {
    return new Redis(address, { connectTimeout: CONNECT_MS, maxRetriesPerRequest: NEVER, retryStrategy });
  }
  const nodes = urls.map(({ hostname, port }) => ({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || 6379),
  }));
  return new RedisCluster(nodes, {
    ...(first.username !== '' && { username: decodeURIComponent(first.username) }),
    ...(first.password !== '' && { password: decodeURIComponent(first.password) }),
    ...(first.protocol === 'rediss:' && { tls: {} }),
  });
}

export function isCluster(connection: RedisConnection): connection is RedisCluster {
  return connection instanceof RedisCluster;
}

/** What must be asked at each server, because it is about the server: every node that owns keys. */
export function serversOf(connection: RedisConnection): readonly Redis[] {
  return isCluster(connection) ? connection.nodes('master') : [connection];
}

/** A connection of its own for `SUBSCRIBE`. In a cluster each node passes on what is published at any other: any of them will do. */
export function subscriberTo(connection: RedisConnection): Redis {
  const options = { autoResubscribe: false, lazyConnect: true, maxRetriesPerRequest: null } satisfies RedisOptions;
  if (!isCluster(connection)) return connection.duplicate(options);
  return new Redis({ ...connection.login, ...options, retryStrategy, Connector: anyNodeOf(connection) });
}

/** Another node with each connection, of those that are known by then: the one before may be gone. */
function anyNodeOf(cluster: RedisCluster): NonNullable<RedisOptions['Connector']> {
  const known = (): readonly Node[] =>
    cluster.nodes().flatMap(({ options: { host, port } }) => (host && port ? [{ host, port }] : []));
  let turn = 0;
  return class extends AbstractConnector {
    constructor() {
      super(NODE_CONNECT_MS);
    }

    override connect(): ReturnType<AbstractConnector['connect']> {
      this.connecting = true;
      const nodes = known().length > 0 ? known() : cluster.named;
      const { host, port } = nodes[(turn += 1) % nodes.length] as Node;
      this.stream =
        cluster.login.tls !== undefined
          ? connectEncrypted({ host, port, servername: host })
          : connectPlain({ host, port });
      this.stream.once('error', (error: Error) => (this.firstError = error));
      return Promise.resolve(this.stream);
    }
  };
}
