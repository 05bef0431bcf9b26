import { PostgresSaver } from '@langchain/langgraph-checkpoint-postgres';
import { emptyCheckpoint, uuid6 } from '@langchain/langgraph-checkpoint';
import { Pool } from 'pg';
import { rowSecurity } from '../ssot/database-manager';
import { createIdSource } from '../ssot/id-manager';
import { noMetrics, silentLogger, systemClock, systemRandom, vouchFor, type SchemaChange } from '../ssot/kernel';
import { openStatePersistence } from '../ssot/state-persistence';
import { alternating } from './figures/alternating';
import { openDurableDatabase } from './stores/durable-database';
import type { Benchmark, Row } from './figures/row';

const CALLS = 100;
const MAX = 1.5;
const AT_ONCE = 8;

const BARE: SchemaChange = {
  name: 'zz-bench/0002-state',
  sql: `create table bench_state (tenant_id text not null, run_id text not null, version integer not null, body text not null,
      primary key (tenant_id, run_id));
    ${rowSecurity('bench_state', { app: ['select', 'insert', 'update'] })}`,
};

export const about =
  "a durable save and a load of 16 KiB against one bare commit, and against LangGraph's PostgreSQL checkpointer";

/** A run's state saved step by step. PostgreSQL waits for the disk with each commit, for all three alike. */
const benchmark: Benchmark = async (say) => {
  await using database = await openDurableDatabase(say, [BARE]);
  await using stack = new AsyncDisposableStack();
  const pool = stack.adopt(new Pool({ connectionString: database.url, max: AT_ONCE }), (one) => one.end());
  const owners = stack.adopt(new Pool({ connectionString: database.ownerUrl, max: AT_ONCE }), (one) => one.end());
  const ids = createIdSource({ clock: systemClock, random: systemRandom, logger: silentLogger, metrics: noMetrics });
  const ctx = vouchFor({ tenantId: ids.next('tenant'), userId: ids.next('user'), plan: 'free', permissions: [] });
  const persistence = await openStatePersistence({
    ...{ warm: database.db, clock: systemClock, log: silentLogger, metrics: noMetrics },
  });
  const langGraph = new PostgresSaver(owners, undefined, { schema: 'langgraph' });
  await langGraph.setup();
  const state = stateOf16KiB();

  /** A run of ours: each call saves its next step. */
  const ourRun = () => {
    const runId = ids.next('run');
    const head = { runId, threadId: ids.next('thread'), agent: 'data', fence: 1, phase: 'data', shape: 1 };
    let version = 0;
    const save = async (): Promise<void> => {
      const step = { step: version, expectedVersion: version, saveId: `${runId}-${version}`, state };
      ({ version } = await persistence.save(ctx, { ...head, ...step }));
    };
    return { save, load: () => persistence.load(ctx, runId) };
  };
  /** What a hand-written save would be at the least: the newest state, in one statement that commits. */
  const bareRun = () => {
    const runId = ids.next('run');
    let version = 0;
    const save = async (): Promise<void> => {
      const client = await pool.connect();
      try {
        const set = `set_config('app.tenant_id', '${ctx.tenantId}', false)`;
        if (version === 0) {
          await client.query(`select ${set}`);
          await client.query('insert into bench_state values ($1, $2, $3, $4)', [ctx.tenantId, runId, 1, json()]);
        } else {
          await client.query({
            name: 'bare-save',
            text: 'update bench_state set version = $3, body = $4 where tenant_id = $1 and run_id = $2',
            values: [ctx.tenantId, runId, version + 1, json()],
          });
        }
        version += 1;
      } finally {
        client.release();
      }
    };
    const load = async (): Promise<unknown> => {
      const { rows } = await pool.query<{ body: string }>({
        name: 'bare-load',
        text: 'select body from bench_state where tenant_id = $1 and run_id = $2',
        values: [ctx.tenantId, runId],
      });
      return JSON.parse(rows[0]?.body ?? '');
    };
    return { save, load };
  };
  /** The same state as one channel of a graph. */
  const theirRun = () => {
    let config = { configurable: { thread_id: ids.next('run') as string, checkpoint_ns: '' } };
    let version = 0;
    const save = async (): Promise<void> => {
      version += 1;
      const checkpoint = {
        ...emptyCheckpoint(),
        ...{ id: uuid6(version), channel_values: { state }, channel_versions: { state: version } },
      };
      const metadata = { source: 'loop' as const, step: version, parents: {} };
      config = (await langGraph.put(config, checkpoint, metadata, { state: version })) as typeof config;
    };
    return { save, load: () => langGraph.getTuple({ configurable: { ...config.configurable } }) };
  };
  const json = (): string => JSON.stringify(state);

  const [ours, bare, theirs] = [ourRun(), bareRun(), theirRun()];
  // Each connection of the bare pool knows its company.
  await Promise.all(Array.from({ length: AT_ONCE }, () => bareRun().save()));
  const saves = await alternating({ ours: ours.save, bare: bare.save, langGraph: theirs.save }, CALLS, say);
  const loads = await alternating({ ours: ours.load, bare: bare.load, langGraph: theirs.load }, CALLS, say);
  const runs = Array.from({ length: AT_ONCE }, () => ({ ours: ourRun(), bare: bareRun(), theirs: theirRun() }));
  const all = (which: keyof (typeof runs)[number]) => () => Promise.all(runs.map((run) => run[which].save()));
  const crowd = await alternating({ ours: all('ours'), bare: all('bare'), langGraph: all('theirs') }, CALLS / 5, say);

  const against = (name: string, of: typeof saves, target?: number): Row => ({
    ...{ name, ours: of.ours, unit: 'ms' },
    floor: { name: 'one bare statement', value: of.bare },
    peer: { name: "LangGraph's PostgresSaver", value: of.langGraph },
    target: `${target === undefined ? '' : `at most ${target} x the floor, and `}faster than the peer`,
    met: of.ours < of.langGraph && (target === undefined || of.ours <= target * of.bare),
  });
  return [
    against('a save of 16 KiB', saves, MAX),
    against(`${AT_ONCE} saves of 16 KiB at once`, crowd),
    against('a load of 16 KiB', loads),
  ];
};
export default benchmark;

/** As an analysis is: rows of names, of which there are few, and figures, which are all different. */
function stateOf16KiB() {
  const rows = Array.from({ length: 150 }, (_, n) => ({
    ...{ provider: n % 2 === 0 ? 'openai' : 'anthropic', model: `model-${n % 7}`, feature: `feature-${n % 23}` },
    ...{ calls: `${(n * 7_919) % 100_003}`, spend: `${((n * 104_729) % 1_000_003) / 100} USD` },
  }));
  return { question: 'Where does our money go?', rows };
}
