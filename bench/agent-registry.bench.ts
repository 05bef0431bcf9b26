import { randomBytes } from 'node:crypto';
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Client } from 'pg';
import { z } from 'zod';
import { startPlatform } from '../platform';
import { createLogger } from '../platform/logging/logging';
import { usageFromTemplate } from '../world/sample-usage/template';
import { createCatalogue, SPECIALISTS, TOOLS, runStep, type StepDeps } from '../ssot/agent-registry';
import { loadBase } from '../ssot/configuration-manager';
import { createIdSource } from '../ssot/id-manager';
import { noMetrics, silentLogger, systemClock, systemRandom } from '../ssot/kernel';
import { platformSecrets } from '../support/services/processes/platform-process';
import { startServices } from '../support/services/start-services';
import { addressOf, platformVariables } from '../world/settings';
import { askingCrowd } from './people/asking-crowd';
import { median } from './figures/median';
import type { Benchmark, Row } from './figures/row';

const SCOPES = 10_000;
const ROUNDS = 5;
const RUNS = 20;
const DAY_MS = 86_400_000;
const HERE = '127.0.0.1';
/** How often a run is asked whether it has ended. */
const ASKING_MS = 5;
const ids = createIdSource({ clock: systemClock, random: systemRandom, logger: silentLogger, metrics: noMetrics });

export const about =
  'agent runs: scopes against an empty async function, memory over 10,000, a run against its bare commits, 100 people';

/** What a run costs beside the work that its agents do. */
const benchmark: Benchmark = async (say) => [...(await scopes(say)), ...(await runs(say))];
export default benchmark;

/** Steps of agents that do nothing: each has a scope, an agent and a copy of the work of its own. */
async function scopes(say: (progress: string) => void): Promise<Row[]> {
  const idle = SPECIALISTS.map((definition) => ({
    ...definition,
    output: z.object({}),
    create: () => ({ run: () => Promise.resolve({}) }),
  }));
  const parts = {
    deps: { clock: systemClock, logger: silentLogger },
    catalogue: createCatalogue(idle, TOOLS).catalogue,
    calls: { count: 0 },
  };
  const held = { runId: ids.next('run'), question: 'Why?', asOf: new Date() } as Parameters<typeof runStep>[0];
  const ours = (): Promise<unknown> =>
    runStep(held, 'triage', {}, { ...parts, signal: new AbortController().signal } as unknown as StepDeps);
  const floor = async (): Promise<unknown> => Promise.resolve({});
  const us = { ours: [] as number[], floor: [] as number[] };
  const heaps: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const [scope, nothing] = [await timed(ours), await timed(floor)];
    heaps.push(await heapAfterCollection());
    if (round === 0) continue;
    us.ours.push(scope);
    us.floor.push(nothing);
  }
  say(`heap after each ${SCOPES.toLocaleString('en')} scopes: ${heaps.map(mebibytes).join(', ')} MiB`);
  // What is compiled and cached comes first; a leak would be in every round.
  const grown = median(heaps.slice(1).map((heap, place) => heap - (heaps[place] as number))) / 1_024;
  return [
    {
      ...{ name: 'a run scope, created and ended', ours: median(us.ours), unit: 'us', target: '', met: true },
      floor: { name: 'an empty async function', value: median(us.floor) },
    },
    {
      name: 'heap grown by another 10,000 scopes',
      ours: grown,
      unit: 'KiB',
      target: 'under 100 KiB',
      met: grown < 100,
    },
  ];
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  for (let i = 0; i < SCOPES; i++) {
    await work();
    // As in a server: what is weakly held may go between two turns of the event loop only.
    if (i % 100 === 99) await turn();
  }
  return ((performance.now() - began) * 1_000) / SCOPES;
}

async function heapAfterCollection(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let times = 0; times < 3; times++) {
    collect();
    await turn();
  }
  return process.memoryUsage().heapUsed;
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}

/** Whole runs through an instance of the platform, one after the other, beside the commits that each of them made. */
async function runs(say: (progress: string) => void): Promise<Row[]> {
  Object.assign(process.env, platformSecrets(process.env));
  const services = await startServices(new Set(['postgres', 'redis', 'clickhouse']), { onProgress: say });
  Object.assign(process.env, services.env);
  const owner = new Client({ connectionString: services.env['SPEC_POSTGRES_OWNER_URL'] });
  try {
    await owner.connect();
    await owner.query('create table bench_commit (n bigserial primary key, data jsonb not null)');
    return [...(await besideCommits(services.env, owner, say)), ...(await askingCrowd(say))];
  } finally {
    await owner.query('drop table if exists bench_commit');
    await owner.end();
    await services.stop();
  }
}

async function besideCommits(
  env: Readonly<Record<string, string>>,
  owner: Client,
  say: (progress: string) => void,
): Promise<Row[]> {
  const log = createLogger('error');
  const variables = platformVariables({ ...process.env, ...env });
  const base = await loadBase({ variables, clock: systemClock, log });
  const platform = await startPlatform(base, { clock: systemClock, time: 'server', random: systemRandom, log });
  try {
    const { auth, threads, runs, analytics } = platform.services;
    const by = await auth.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), HERE);
    const tenantId = await auth.provisioning.createTenant(by, { name: 'Acme', plan: 'enterprise' });
    const password = randomBytes(12).toString('hex');
    const email = `dana.${randomBytes(6).toString('hex')}@bench.example`;
    await auth.provisioning.addPerson(by, tenantId, { name: 'Dana', email, password, role: 'administrator' });
    const { tokens } = await auth.signIn.withPassword({ email, password, device: 'bench', address: HERE });
    const { context } = await auth.tokens.check(tokens.access, 'person', HERE);
    const usage = usageFromTemplate({ asOf: new Date(), ids: 'bench' });
    for (let from = 0; from < usage.length; from += 1_000) {
      await analytics.record(context, usage.slice(from, from + 1_000));
    }
    const period = { from: new Date(Date.now() - 30 * DAY_MS).toISOString(), to: new Date().toISOString() };
    const took = { run: [] as number[], commits: [] as number[], toStart: [] as number[], count: 0 };
    for (let run = 0; run <= RUNS; run++) {
      if (run % 5 === 0) say(`runs: ${run} of ${RUNS}`);
      const { threadId } = await threads.create(context, 'Q3 spend');
      const before = await commits(owner);
      const began = performance.now();
      const ask = { threadId, clientMessageId: 'bench', text: 'Where does our money go?' };
      const { runId } = await runs.submit(context, ask);
      let ended = await runs.get(context, runId);
      for (; ended.endedAt === null; ended = await runs.get(context, runId)) await wait(ASKING_MS);
      const ms = performance.now() - began;
      took.count = (await commits(owner)) - before;
      const floor = performance.now();
      for (let n = 0; n < took.count; n++) await owner.query(`insert into bench_commit (data) values ('{"a": 1}')`);
      const { cut } = await analytics.coverage(context, period);
      await analytics.cost(context, { ...period, by: ['provider', 'model'], cut });
      await analytics.prices(context);
      await analytics.opportunities(context, { ...period, cut });
      if (run === 0) continue;
      took.commits.push(performance.now() - floor);
      took.run.push(ms);
      took.toStart.push((ended.startedAt?.getTime() ?? Infinity) - ended.createdAt.getTime());
    }
    say(`a run made ${took.count} commits that changed something`);
    return [
      {
        ...{
          name: 'a run, from asking to its report',
          ours: median(took.run),
          unit: 'ms',
          target: 'at most 1.5 x the floor',
        },
        floor: { name: 'its bare commits and its questions to the history', value: median(took.commits) },
        met: median(took.run) <= 1.5 * median(took.commits),
      },
      { name: 'from asking to started', ours: median(took.toStart), unit: 'ms', target: '', met: true },
    ];
  } finally {
    await platform.stop();
  }
}

/** Transactions so far that changed something: only those are given a number. */
async function commits(owner: Client): Promise<number> {
  const { rows } = await owner.query<{ n: string }>('select pg_snapshot_xmax(pg_current_snapshot())::text as n');
  return Number(rows[0]?.n);
}
