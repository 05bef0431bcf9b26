import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import {
  DeadlineExceeded,
  vouchFor,
  type Logger,
  type Plan,
  type Sql,
  type TenantContext,
  type TenantId,
} from '../../kernel';
import { Secret, type Base, type ConfigurationDeps } from '..';
import { Snapshots } from './snapshots';

const BASE = {
  settings: { model: { url: '', name: 'platform-model', key: new Secret('') } },
  origins: new Map(),
} as unknown as Base;
const company = (name: string, plan: Plan = 'enterprise'): TenantContext =>
  vouchFor({ tenantId: `tenant_${name}`, userId: 'user_dana', plan, permissions: [] } as unknown as TenantContext);

/** Store, bus and time of one instance as ports that a test moves; a company's limit of threads is its version. */
class Stage {
  readonly clock = new ControlledClock();
  readonly versions = new Map<TenantId, number>();
  isAway = false;
  isBusAway = false;
  /** Waited for by every reading and look before it is answered. */
  gate: Promise<unknown> = Promise.resolve();
  readonly read: string[] = [];
  readonly looks: (readonly string[])[] = [];
  readonly told: (readonly [level: string, facts: object])[] = [];
  readonly gauges: (readonly [string, number])[] = [];
  subscriptions = 0;
  word: { on: (tenantId: TenantId) => void; onGap: () => void } | undefined;
  readonly snapshots: Snapshots;

  /** `dice`: the first byte of chance. The one in the middle makes every look come after a second. */
  constructor(dice = 0x80) {
    const level = (name: keyof Logger) => (facts: object) => void this.told.push([name, facts]);
    const tx = {
      query: ({ values: [ids] }: Sql) =>
        (ids as TenantId[]).flatMap((tenant_id) => {
          const version = this.versions.get(tenant_id);
          return version === undefined ? [] : [{ tenant_id, version }];
        }),
    };
    this.snapshots = new Snapshots(
      BASE,
      {
        clock: this.clock,
        random: { bytes: () => Uint8Array.of(dice, 0, 0, 0) },
        logger: { debug: level('debug'), info: level('info'), warn: level('warn'), error: level('error') },
        metrics: { gauge: (name: string, value: number) => void this.gauges.push([name, value]) },
        db: {
          asService: async (_: unknown, body: (of: typeof tx) => unknown) => {
            await this.#answered();
            return body({
              query: (statement) => (this.looks.push(statement.values[0] as string[]), tx.query(statement)),
            });
          },
        },
        bus: {
          subscribe: (on: (tenantId: TenantId) => void, onGap: () => void) => {
            this.subscriptions += 1;
            if (this.isBusAway) return Promise.reject(new Error('no Redis'));
            this.word = { on, onGap };
            return Promise.resolve({ [Symbol.asyncDispose]: () => Promise.resolve(void (this.word = undefined)) });
          },
        },
      } as unknown as ConfigurationDeps,
      async ({ tenantId }) => {
        this.read.push(tenantId);
        const version = this.versions.get(tenantId) ?? 0;
        await this.#answered();
        const own = version === 0 ? [] : [['limits.threadsPerPerson', version] as const];
        return { version, values: new Map(own) };
      },
    );
  }

  async #answered(): Promise<void> {
    const isAway = this.isAway;
    await this.gate;
    if (isAway) throw new Error('no PostgreSQL');
  }

  /** A change that is stored and of which nobody is told. */
  store(ctx: TenantContext, version: number): void {
    this.versions.set(ctx.tenantId, version);
  }
  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    for (let i = 0; i < 4; i++) await turn();
  }
  async threadsOf(ctx: TenantContext): Promise<number> {
    return (await this.snapshots.for(ctx)).limits.threadsPerPerson;
  }
  /** Asks for companies that nobody has read yet, one after the other. */
  async refusals(...names: readonly string[]): Promise<readonly unknown[]> {
    const asked: unknown[] = [];
    for (const name of names) asked.push(await this.snapshots.for(company(name)).catch((error: unknown) => error));
    return asked;
  }
  get lastGauge() {
    return this.gauges.at(-1);
  }
}
const [acme, birch, cedar] = [company('acme'), company('birch'), company('cedar')];

for (const [dice, ms] of [
  [0x00, 900],
  [0x80, 1_000],
  [0xff, 1_100],
] as const) {
  void test(`CF-08 an instance looks for changes every second, give or take a tenth: ${ms} ms`, async () => {
    const stage = new Stage(dice);
    await stage.snapshots.open();
    await stage.threadsOf(acme);
    for (const looks of [1, 2, 3]) {
      await stage.pass(ms - 1);
      assert.equal(stage.looks.length, looks - 1);
      await stage.pass(1);
      assert.deepEqual(stage.looks.length, looks);
    }
  });
}

void test('CF-08 a look finds every change of the companies that are loaded, and reads no other company anew', async () => {
  const stage = new Stage();
  for (const ctx of [acme, birch, cedar]) stage.store(ctx, 5);
  await stage.snapshots.open();
  assert.deepEqual(
    [await stage.threadsOf(acme), await stage.threadsOf(birch), await stage.threadsOf(cedar)],
    [5, 5, 5],
  );
  stage.store(acme, 6);
  stage.versions.delete(cedar.tenantId);
  await stage.pass(1_000);
  assert.deepEqual(stage.read.slice(3).sort(), ['tenant_acme', 'tenant_cedar']);
  const versions = [acme, birch, cedar].map(async (ctx) => (await stage.snapshots.for(ctx)).version);
  assert.deepEqual(await Promise.all(versions), [6, 5, 0]);
  assert.equal(stage.read.length, 5);
});

void test('CF-08 what is handed out stays the same until it changes, for each plan', async () => {
  const { snapshots } = new Stage();
  const [large, small] = [await snapshots.for(acme), await snapshots.for(company('acme', 'free'))];
  assert.notEqual(large, small);
  assert.equal(await snapshots.for(acme), large);
  assert.equal((await snapshots.known(acme)).snapshot, large);
  assert.equal(await snapshots.for(company('acme', 'free')), small);
});

void test('CF-08 a company that nobody has read for 900 looks is dropped, and then nothing is unconfirmed', async () => {
  const stage = new Stage();
  await stage.snapshots.open();
  assert.deepEqual(stage.snapshots.status(), { companies: 0, unconfirmedMs: 0 });
  await stage.pass(1_000);
  assert.deepEqual([stage.looks, stage.lastGauge], [[], ['settings_unconfirmed_seconds', 0]]);
  for (const ctx of [acme, birch, cedar]) await stage.threadsOf(ctx);
  stage.isAway = true;
  for (let looks = 1; looks <= 900; looks++) {
    await stage.pass(1_000);
    await stage.threadsOf(acme);
    await stage.snapshots.known(birch);
  }
  assert.deepEqual(stage.snapshots.status(), { companies: 3, unconfirmedMs: 900_000 });
  await stage.pass(1_000);
  assert.equal(stage.snapshots.status().companies, 2);
  assert.deepEqual(stage.lastGauge, ['settings_unconfirmed_seconds', 901]);
  for (let looks = 1; looks <= 900; looks++) await stage.pass(1_000);
  assert.deepEqual(stage.snapshots.status(), { companies: 0, unconfirmedMs: 0 });
  assert.deepEqual(stage.lastGauge, ['settings_unconfirmed_seconds', 0]);
});

void test('CF-08 operators are warned once what is in force is unconfirmed for more than 15 seconds', async () => {
  const stage = new Stage();
  await stage.snapshots.open();
  await stage.pass(5_000);
  await stage.threadsOf(acme);
  stage.isAway = true;
  for (let looks = 1; looks <= 16; looks++) await stage.pass(1_000);
  const reason = 'Error: no PostgreSQL';
  assert.deepEqual(stage.told.slice(-2), [
    ['debug', { reason, unconfirmedMs: 15_000 }],
    ['warn', { reason, unconfirmedMs: 16_000 }],
  ]);
  assert.deepEqual(stage.lastGauge, ['settings_unconfirmed_seconds', 16]);
  await stage.threadsOf(birch).catch(() => undefined);
  assert.equal(stage.snapshots.status().unconfirmedMs, 16_000);
  stage.isAway = false;
  await stage.pass(1_000);
  assert.deepEqual(stage.snapshots.status(), { companies: 1, unconfirmedMs: 0 });
  assert.deepEqual(stage.lastGauge, ['settings_unconfirmed_seconds', 0]);
});

void test('CF-08 a look that finds a change which cannot be read confirms nothing, and the next one reads it', async () => {
  const stage = new Stage();
  await stage.snapshots.open();
  await stage.threadsOf(acme);
  stage.store(acme, 6);
  const gate = Promise.withResolvers<void>();
  await stage.pass(999);
  stage.gate = gate.promise;
  await stage.pass(1);
  stage.isAway = true;
  gate.resolve();
  await stage.pass(0);
  assert.deepEqual(stage.snapshots.status(), { companies: 1, unconfirmedMs: 1_000 });
  stage.isAway = false;
  await stage.pass(1_000);
  assert.equal(await stage.threadsOf(acme), 6);
});

void test('CF-08 a company that is not read within a second is refused, and how soon to try again is said', async () => {
  const stage = new Stage();
  stage.gate = new Promise(() => {});
  const asked = stage.snapshots.for(acme);
  const refusal = assert.rejects(asked, {
    ...{ code: 'store_unavailable', retryable: true, retryAfterMs: 1_000, cause: new DeadlineExceeded(1_000) },
    message: "Your company's settings cannot be read right now. Try again in a moment.",
  });
  await stage.pass(999);
  assert.equal(await Promise.race([asked, turn('waiting')]), 'waiting');
  await stage.pass(1);
  await refusal;
});

void test('CF-08 when the readings of five companies have failed none is tried for 10 seconds, then one', async () => {
  const stage = new Stage();
  stage.isAway = true;
  const away = new Error('no PostgreSQL');
  assert.deepEqual(
    await stage.refusals('a', 'b', 'c', 'd', 'd', 'd', 'e'),
    Array.from({ length: 7 }, () => away),
  );
  const [refused] = (await stage.refusals('f')) as [{ code: string; retryAfterMs: number }];
  assert.deepEqual([refused.code, refused.retryAfterMs, stage.read.length], ['store_unavailable', 10_000, 7]);
  await stage.pass(9_999);
  await stage.refusals('g');
  assert.equal(stage.read.length, 7);
  stage.isAway = false;
  await stage.pass(1);
  assert.equal((await stage.snapshots.for(acme)).version, 0);
  // Those that failed before count again.
  stage.isAway = true;
  assert.deepEqual(
    await stage.refusals('a', 'b', 'c', 'd', 'e'),
    Array.from({ length: 5 }, () => away),
  );
  assert.notDeepEqual(await stage.refusals('f'), [away]);
});

void test('CF-08 word of a change is for those who have loaded the company; what cannot be read then is left to a look', async () => {
  const stage = new Stage();
  await stage.snapshots.open();
  stage.word?.on(acme.tenantId);
  await stage.pass(0);
  assert.deepEqual([stage.read, stage.told], [[], []]);
  await stage.threadsOf(acme);
  stage.store(acme, 6);
  stage.word?.on(acme.tenantId);
  await stage.pass(0);
  assert.equal(await stage.threadsOf(acme), 6);
  stage.store(acme, 7);
  stage.isAway = true;
  stage.word?.on(acme.tenantId);
  await stage.pass(0);
  assert.deepEqual(stage.told, [['debug', { tenantId: acme.tenantId, reason: 'Error: no PostgreSQL' }]]);
  assert.equal(await stage.threadsOf(acme), 6);
  stage.isAway = false;
  await stage.pass(1_000);
  assert.equal(await stage.threadsOf(acme), 7);
});

void test('CF-08 word that comes while a company is being read is heard afterwards, once, whether that fails or not', async () => {
  for (const isAway of [false, true]) {
    const stage = new Stage();
    await stage.snapshots.open();
    const gate = Promise.withResolvers<void>();
    [stage.gate, stage.isAway] = [gate.promise, isAway];
    const first = stage.threadsOf(acme).catch(() => 'failed');
    await stage.pass(0);
    stage.isAway = false;
    stage.store(acme, 6);
    for (let words = 0; words < 3; words++) stage.word?.on(acme.tenantId);
    gate.resolve();
    await first;
    await stage.pass(0);
    assert.equal(await stage.threadsOf(acme), 6);
    assert.equal(stage.read.length, 2);
  }
});

void test('CF-08 an instance that may have missed a word looks at once', async () => {
  const stage = new Stage();
  await stage.snapshots.open();
  await stage.threadsOf(acme);
  stage.store(acme, 6);
  stage.word?.onGap();
  await stage.pass(0);
  assert.equal(await stage.threadsOf(acme), 6);
});

void test('CF-08 an instance that cannot listen says so and tries again at each look, until it does', async () => {
  const stage = new Stage();
  stage.isBusAway = true;
  await stage.snapshots.open();
  await stage.pass(1_000);
  assert.equal(stage.subscriptions, 2);
  const warning = ['warn', { reason: 'Error: no Redis' }];
  assert.deepEqual(stage.told, [warning, warning]);
  stage.isBusAway = false;
  await stage.pass(1_000);
  assert(stage.word !== undefined);
  await stage.pass(1_000);
  assert.equal(stage.subscriptions, 3);
});

void test('CF-08 an instance that ends waits for its look, and neither listens nor looks any more', async () => {
  const stage = new Stage();
  await stage.snapshots.open();
  await stage.threadsOf(acme);
  const gate = Promise.withResolvers<void>();
  stage.gate = gate.promise;
  await stage.pass(1_000);
  const ended = stage.snapshots[Symbol.asyncDispose]();
  assert.equal(await Promise.race([ended, turn('looking')]), 'looking');
  gate.resolve();
  await ended;
  assert.deepEqual([stage.clock.pending, stage.word, stage.snapshots.status().companies], [0, undefined, 0]);
});
