import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { OwnedChild } from '../../support/services/processes/child';
import { OwnedRun } from '../../support/services/processes/owned-run';
import { passwordText } from '../../support/services/random-text';
import { eventually } from '../../world/eventually';
import { freePort } from '../../world/operations/free-port';

const HOST = '127.0.0.1';
const SLOTS = 16_384;
/** A node that has not answered for so long is replaced by its replica. */
const NODE_TIMEOUT_MS = 2_000;
const FORMED_WITHIN_MS = 30_000;

interface Node {
  readonly port: number;
  readonly bus: number;
  readonly server: OwnedChild;
  readonly client: Redis;
}

/** A Redis Cluster of real processes on this machine: so many primaries, each with a replica. Needs `redis-server` 7 or newer. */
export class RedisNodes implements AsyncDisposable {
  private constructor(
    private readonly run: OwnedRun,
    private readonly password: string,
    private readonly nodes: readonly Node[],
    private readonly primaries: number,
  ) {}

  static async open(primaries: number): Promise<RedisNodes> {
    const run = await OwnedRun.open(() => undefined);
    await using onFailure = new AsyncDisposableStack();
    onFailure.defer(() => run.close());
    const password = passwordText();
    const nodes: Node[] = [];
    while (nodes.length < 2 * primaries) nodes.push(await startNode(run, password, nodes.length));
    const all = new RedisNodes(run, password, nodes, primaries);
    await all.#form();
    onFailure.move();
    return all;
  }

  /** Names the first two primaries, as an operator would: they lead to the others. */
  get address(): string {
    const [first, second] = this.nodes;
    return `redis://default:${this.password}@${HOST}:${first?.port},${HOST}:${second?.port}`;
  }

  /** Whose answers show that a primary has kept something. */
  primary(place: number): Redis {
    return (this.nodes[place] as Node).client;
  }

  async killPrimary(place: number): Promise<void> {
    const { server } = this.nodes[place] as Node;
    server.process.kill('SIGKILL');
    await server.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { client } of this.nodes) client.disconnect();
    await this.run.close();
  }

  async #form(): Promise<void> {
    const [first, ...others] = this.nodes as [Node, ...Node[]];
    for (const { port, bus } of others) await first.client.call('CLUSTER', 'MEET', HOST, port, bus);
    const share = Math.ceil(SLOTS / this.primaries);
    for (const [place, { client }] of this.nodes.slice(0, this.primaries).entries()) {
      const to = Math.min(SLOTS, (place + 1) * share) - 1;
      await client.call('CLUSTER', 'ADDSLOTSRANGE', place * share, to);
    }
    for (const [place, { client }] of this.nodes.slice(this.primaries).entries()) {
      const id = String(await this.primary(place).call('CLUSTER', 'MYID'));
      // Known to it only when the two have heard of each other.
      await eventually(() => client.call('CLUSTER', 'REPLICATE', id), FORMED_WITHIN_MS);
    }
    for (const { client } of this.nodes) {
      await eventually(async () => {
        const info = String(await client.call('CLUSTER', 'INFO'));
        if (!info.includes('cluster_state:ok') || !info.includes(`cluster_size:${this.primaries}`))
          throw new Error(info);
        if (!(await client.info('replication')).match(/master_link_status:up|connected_slaves:1/)) {
          throw new Error('its replica does not follow yet');
        }
      }, FORMED_WITHIN_MS);
    }
  }
}

async function startNode(run: OwnedRun, password: string, place: number): Promise<Node> {
  const [port, bus] = [await freePort(), await freePort()];
  const dir = join(run.folder(), `node-${place}`);
  mkdirSync(dir);
  const settings = {
    ...{ port, 'cluster-port': bus, dir, bind: HOST, requirepass: password, masterauth: password },
    ...{ 'cluster-enabled': 'yes', 'cluster-node-timeout': NODE_TIMEOUT_MS, appendonly: 'no', save: '' },
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const server = OwnedChild.start(run, 'SIGKILL', 'redis-server', args, {});
  const client = new Redis({ host: HOST, port, password, lazyConnect: true, retryStrategy: () => 100 });
  client.on('error', () => undefined); // Told by the command that waits.
  const isThere = eventually(() => client.ping(), FORMED_WITHIN_MS);
  const gone = server.ended.then((reason) => {
    throw new Error(
      `redis-server cannot be started (${reason}); on Debian: apt-get install redis-server${server.lastWords()}`,
    );
  });
  await Promise.race([isThere, gone]);
  gone.catch(() => undefined); // Killed on purpose from now on.
  return { port, bus, server, client };
}
