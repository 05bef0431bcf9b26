import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RegistrySchema } from '../../../support/module-tests/agent-registry/registry-schema';
import { stores } from '../../../support/module-tests/stores';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { eventually } from '../../../world/eventually';
import { plans as table } from '../../configuration-manager';
import {
  PlatformError,
  noMetrics,
  silentLogger,
  systemClock,
  systemRandom,
  vouchFor,
  type Plan,
  type TenantContext,
  type TenantId,
} from '../../kernel';
import { createAgentRuns, SPECIALISTS, type AgentRuns, type AgentRunsDeps, type RunLimits } from '..';

const { ids } = stores;
const never = new Promise<never>(() => undefined);
const heldUp = SPECIALISTS.map((one) => ({ ...one, create: () => ({ run: () => never }) }));

function limits(of: Partial<RunLimits[Plan]>): RunLimits {
  const row = { ...table.free, ...of };
  return { free: row, early: row, mid: row, enterprise: row };
}

function person(tenantId = ids.next('tenant'), plan: Plan = 'free'): TenantContext {
  return vouchFor({ tenantId, userId: ids.next('user'), plan, permissions: ['chat:use'] });
}

/** Instances over tables of their own, whose answers have begun and do not come. */
class Scene implements AsyncDisposable {
  readonly schema = new RegistrySchema();
  readonly #opened: AgentRuns[] = [];
  readonly #counted: string[] = [];
  #asked = 0;

  /** What else it meets is none of these tests' business. */
  async open(plans: RunLimits, clock = new ControlledClock(), time?: 'server'): Promise<AgentRuns> {
    const nothing = (): Promise<void> => Promise.resolve();
    const deps: AgentRunsDeps = {
      db: (await this.schema.open()).database,
      threadLog: { append: () => Promise.resolve({ events: [], repeated: 0 }), read: () => never },
      usage: {} as AgentRunsDeps['usage'],
      memory: {} as AgentRunsDeps['memory'],
      checkpoints: { save: nothing, close: nothing, load: () => never },
      authority: {
        contextFor: (tenantId, userId) => Promise.resolve(vouchFor({ ...person(tenantId), userId })),
        namesOf: () => Promise.resolve(new Map()),
        findByName: () => Promise.resolve(new Map()),
      },
      wake: { publish: nothing, subscribe: () => Promise.resolve({ [Symbol.asyncDispose]: nothing }) },
      plans,
      clock,
      ...(time && { time }),
      random: systemRandom,
      ids,
      logger: silentLogger,
      metrics: { ...noMetrics, count: (name) => void this.#counted.push(name) },
    };
    const runs = await createAgentRuns(deps, heldUp);
    this.#opened.push(runs);
    return runs;
  }

  ask(runs: AgentRuns, who: TenantContext): Promise<unknown> {
    this.#asked += 1;
    return runs.submit(who, { threadId: ids.next('thread'), clientMessageId: `message-${this.#asked}`, text: 'Why?' });
  }

  /** Holds what an instance holds that is claiming a run of each of these companies, until it is disposed. */
  async claimElsewhere(tenants: readonly TenantId[]): Promise<AsyncDisposable> {
    const other = await (await this.schema.open()).rows.connect();
    await other.query('begin');
    for (const tenant of tenants) {
      await other.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`claiming ${tenant}`]);
    }
    return {
      [Symbol.asyncDispose]: async () => {
        await other.query('rollback');
        other.release();
      },
    };
  }

  counted(name: string): Promise<void> {
    return eventually(() => assert(this.#counted.includes(name)));
  }

  async countsOf(tenantId: TenantId): Promise<Counts> {
    const { rows, schema } = await this.schema.open();
    const { rows: found } = await rows.query<Counts>(
      `select count(*) filter (where state = 'running')::int as running,
         count(*) filter (where state = 'queued')::int as queued from ${schema}.runs where tenant_id = $1`,
      [tenantId],
    );
    return found[0] as Counts;
  }

  /** The question that was asked last has been asked so much earlier. */
  async age(tenantId: TenantId, by: string): Promise<void> {
    const { rows, schema } = await this.schema.open();
    await rows.query(
      `update ${schema}.runs set created_at = created_at - $2::interval where id =
         (select id from ${schema}.runs where tenant_id = $1 and state = 'queued' order by id desc limit 1)`,
      [tenantId, by],
    );
  }

  async until(tenantId: TenantId, counts: Partial<Counts>, withinMs?: number): Promise<void> {
    await eventually(async () => {
      const found = await this.countsOf(tenantId);
      assert.deepEqual(found, { ...found, ...counts });
    }, withinMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const runs of this.#opened) await runs[Symbol.asyncDispose]();
    await this.schema[Symbol.asyncDispose]();
  }
}
interface Counts {
  readonly running: number;
  readonly queued: number;
}

/** What each of so many questions came to: `taken`, or the limit that refused it. */
async function attempt(times: number, one: (index: number) => Promise<unknown>): Promise<Record<string, number>> {
  const ends = await Promise.allSettled(Array.from({ length: times }, (_, index) => one(index)));
  const words = ends.map((end) => (end.status === 'fulfilled' ? 'taken' : refusalOf(end.reason)));
  const counts = Map.groupBy(words, (word) => word).entries();
  return Object.fromEntries(counts.map(([word, all]) => [word, all.length]));
}

function refusalOf(error: unknown): string {
  if (!(error instanceof PlatformError)) throw error;
  return `${error.code} ${error.limit?.name} ${error.limit?.max}`;
}

void test('AG-08 of fifty questions that a company asks at once on two instances, as many wait as its plan allows', async () => {
  await using scene = new Scene();
  const plans = limits({ runsPerTenant: 1, queuedPerTenant: 12 });
  const instances = [await scene.open(plans), await scene.open(plans)] as const;
  const birch = ids.next('tenant');
  await scene.ask(instances[0], person(birch));
  await scene.until(birch, { running: 1 });
  const ends = await attempt(50, (index) => scene.ask(instances[index % 2 === 0 ? 0 : 1], person(birch)));
  assert.deepEqual(ends, { taken: 12, 'run_queue_full queuedPerTenant 12': 38 });
  assert.deepEqual(await scene.countsOf(birch), { running: 1, queued: 12 });
});

void test('AG-08 of fifty questions that a person asks at once on two instances, as many wait as the plan allows', async () => {
  await using scene = new Scene();
  const plans = limits({ runsPerTenant: 1, queuedPerPerson: 7 });
  const instances = [await scene.open(plans), await scene.open(plans)] as const;
  const leo = person();
  await scene.ask(instances[0], leo);
  await scene.until(leo.tenantId, { running: 1 });
  const ends = await attempt(50, (index) => scene.ask(instances[index % 2 === 0 ? 0 : 1], leo));
  assert.deepEqual(ends, { taken: 7, 'run_queue_full queuedPerPerson 7': 43 });
});

void test('AG-08 a company whose queue is full is told which limit it is, and its neighbour is not', async () => {
  await using scene = new Scene();
  const runs = await scene.open(limits({ runsPerTenant: 1, queuedPerTenant: 2 }));
  const birch = ids.next('tenant');
  await scene.ask(runs, person(birch));
  await scene.until(birch, { running: 1 });
  await scene.ask(runs, person(birch));
  await scene.ask(runs, person(birch));
  await assert.rejects(scene.ask(runs, person(birch)), {
    code: 'run_queue_full',
    retryable: true,
    limit: { name: 'queuedPerTenant', max: 2 },
    message: '2 questions of your company wait already, as many as its plan allows. Ask again later.',
  });
  assert.deepEqual(await scene.countsOf(birch), { running: 1, queued: 2 });
  await scene.ask(runs, person());
});

void test("AG-08 while another instance claims for three companies, a fourth's question begins at that moment", async () => {
  await using scene = new Scene();
  const runs = await scene.open(limits({ runsPerTenant: 50 }));
  const claimed = [ids.next('tenant'), ids.next('tenant'), ids.next('tenant')];
  await using _other = await scene.claimElsewhere(claimed);
  for (const tenant of claimed) for (let time = 0; time < 5; time += 1) await scene.ask(runs, person(tenant));
  const acme = person();
  await scene.ask(runs, acme);
  await scene.until(acme.tenantId, { running: 1 }, 1_000);
});

void test('AG-08 a question that met another instance at a claim begins as soon as that claim is over', async () => {
  await using scene = new Scene();
  const clock = new ControlledClock();
  const runs = await scene.open(limits({}), clock);
  const acme = person();
  {
    await using _other = await scene.claimElsewhere([acme.tenantId]);
    await scene.ask(runs, acme);
    await scene.counted('agent_run_claims_busy_total');
  }
  clock.advance(25);
  await scene.until(acme.tenantId, { running: 1 });
});

void test('AG-08 companies take turns, whoever asked first', async () => {
  await using scene = new Scene();
  const plans = limits({ runsPerTenant: 50 });
  const stopping = await scene.open(plans);
  stopping.stopClaiming();
  const [acme, birch, cedar] = [ids.next('tenant'), ids.next('tenant'), ids.next('tenant')];
  for (let time = 0; time < 60; time += 1) await scene.ask(stopping, person(acme));
  for (let time = 0; time < 3; time += 1) await scene.ask(stopping, person(birch));
  await scene.ask(stopping, person(cedar));
  await scene.open(plans);
  await scene.until(acme, { running: 46, queued: 14 });
  await scene.until(birch, { running: 3 });
  await scene.until(cedar, { running: 1 });
});

void test('AG-08 how long a question has waited is judged by PostgreSQL: instances whose clocks are off fail nobody', async () => {
  await using scene = new Scene();
  const now = systemClock.now();
  const clocks = [0, 11, -11].map((minutes) => new ControlledClock(now + minutes * 60_000));
  const instances: AgentRuns[] = [];
  for (const clock of clocks) {
    instances.push(await scene.open(limits({ runsPerTenant: 1, runsPerPerson: 1 }), clock, 'server'));
  }
  const leo = person();
  // One is worked on, and one waits that each instance has taken.
  await scene.ask(instances[0] as AgentRuns, leo);
  await scene.until(leo.tenantId, { running: 1 });
  for (const instance of instances) await scene.ask(instance, leo);
  await scene.age(leo.tenantId, '10 minutes');
  await eventually(async () => {
    for (const clock of clocks) clock.advance(5_000);
    assert.deepEqual(await scene.countsOf(leo.tenantId), { running: 1, queued: 2 });
  });
  for (const clock of clocks) clock.advance(5_000);
  await eventually(() =>
    assert.deepEqual(
      instances.map((one) => one.health().state),
      ['up', 'up', 'up'],
    ),
  );
  assert.deepEqual(await scene.countsOf(leo.tenantId), { running: 1, queued: 2 });
});

void test('AG-08 a question that has just been asked is left to the instance that was asked, an older one is not', async () => {
  await using scene = new Scene();
  const plans = limits({});
  const clock = new ControlledClock();
  const asked = await scene.open(plans, new ControlledClock(), 'server');
  asked.stopClaiming();
  const [ava, dana, leo] = [person(), person(), person()];
  await scene.ask(asked, ava);
  await scene.open(plans, clock, 'server');
  // Whoever comes takes what waits; only then its regular polls begin.
  await scene.until(ava.tenantId, { running: 1 });
  for (const who of [dana, leo]) await scene.ask(asked, who);
  // However slow this machine is.
  await scene.age(dana.tenantId, '-1 minute');
  await scene.age(leo.tenantId, '1 second');
  clock.advance(5_000);
  await scene.until(leo.tenantId, { running: 1 });
  assert.deepEqual(await scene.countsOf(dana.tenantId), { running: 0, queued: 1 });
});
