import { isDeepStrictEqual } from 'node:util';
import { eventually } from '../eventually';
import { FaultProxy } from './fault-proxy';
import { HttpClient } from '../clients/http-client';
import { Instance } from './instance';
import type { RevenueWorld } from '../revenue-world';
import { addressOf, type Address } from '../settings';

export interface Readiness {
  readonly ready: boolean;
  readonly degraded: boolean;
}

export type Store = 'PostgreSQL' | 'Redis' | 'ClickHouse';

/** All logins of a store go to the same place, except the owner's, which changes the schema at the start. */
const ADDRESSES_OF = {
  PostgreSQL: [
    { spec: 'SPEC_POSTGRES_URL', platform: 'POSTGRES_URL' },
    { spec: 'SPEC_POSTGRES_SERVICE_URL', platform: 'POSTGRES_SERVICE_URL' },
  ],
  Redis: [{ spec: 'SPEC_REDIS_URL', platform: 'REDIS_URL' }],
  ClickHouse: [{ spec: 'SPEC_CLICKHOUSE_URL', platform: 'CLICKHOUSE_URL' }],
} as const satisfies Record<Store, readonly { readonly spec: Address; readonly platform: string }[]>;

function onHost(address: string, host: string): string {
  return address.replace(new URL(address).host, host);
}

/** A call to Redis may take 500 ms: it is given two real answers of the instance before its limit overtakes it. */
const CHECK_STRIDE_MS = 200;
const READINESS_ANSWERED_MS = 15_000;
/**
 * Shorter than the 10 seconds in which a device must answer a ping. Three are the 25 seconds between two pings, so that each goes
 * out when it is due: from one that goes out late, the 10 seconds would be real ones.
 */
const STRIDE_MS = 8_334;

/**
 * Starting, stopping, killing and cutting. Refused to scenarios that do not say so with `@operations`: such a scenario
 * must never reach a deployment that is not ours.
 */
export class Operations {
  #serving: Instance | null = null;
  #beside: Instance | null = null;
  #overrides: Readonly<Record<string, string>> = {};
  readonly #faults = new Map<Store, FaultProxy>();
  #stopping: Promise<number> | null = null;

  constructor(private readonly world: RevenueWorld) {}

  async startInstance(overrides: Readonly<Record<string, string>> = {}): Promise<Instance> {
    this.assertDeclared();
    return this.world.own(await Instance.start(overrides));
  }

  /** Starts the scenario's own instance; its connections to the named stores can be cut. */
  async serve(...stores: readonly Store[]): Promise<void> {
    await this.serveOn(await this.throughProxies(...stores));
  }

  /** The same while the store is away already. */
  async serveWithout(store: Store): Promise<void> {
    const overrides = await this.throughProxies(store);
    this.cut(store);
    await this.serveOn(overrides);
  }

  /** The addresses with which an instance reaches these stores through proxies of the scenario's own. */
  async throughProxies(...stores: readonly Store[]): Promise<Readonly<Record<string, string>>> {
    this.assertDeclared();
    for (const store of stores) {
      const proxy = this.world.own(await FaultProxy.open(addressOf(ADDRESSES_OF[store][0].spec)));
      this.#faults.set(store, proxy);
      const { host } = new URL(proxy.url);
      for (const { spec, platform } of ADDRESSES_OF[store])
        this.#overrides = { ...this.#overrides, [platform]: onHost(addressOf(spec), host) };
    }
    return this.#overrides;
  }

  /** Connections that the scenario's own instances have open to the stores, and the owner's not. */
  get openToStores(): number {
    return [...this.#faults.values()].reduce((sum, proxy) => sum + proxy.open, 0);
  }

  /** A second instance, whose connections are cut together with those of the first. */
  async serveBeside(): Promise<void> {
    this.#beside = await this.startInstance(this.#overrides);
  }

  beside(): Instance {
    if (this.#beside === null) throw new Error('no second instance is serving in this scenario');
    return this.#beside;
  }

  /** The scenario's own instance puts reports into words with this model. */
  async serveWith(model: { readonly url: string }): Promise<void> {
    await this.serveOn({ MODEL_URL: model.url, MODEL_KEY: 'key-of-the-model' });
  }

  /** The same on stores of the scenario's own. */
  async serveOn(overrides: Readonly<Record<string, string>>): Promise<void> {
    this.#serving = await this.startInstance(overrides);
    this.world.time.runsIn((ms) => this.letPass(ms));
  }

  /** Makes the store unreachable for the scenario's own instance, and for nobody else. */
  cut(store?: Store): void {
    this.#cuttable(store).cut();
  }

  /** The store takes every question of the scenario's own instance and answers none. */
  silence(store?: Store): void {
    this.#cuttable(store).blackHole();
  }

  /** PostgreSQL will do the next work of the scenario's own instance that says this, and the reply will be lost. */
  loseReplyToCommitOf(statement: string): void {
    this.#cuttable().loseReplyToCommitOf(statement);
  }

  /** The store is back for the scenario's own instance. */
  restore(store?: Store): void {
    this.#cuttable(store).restore();
  }

  /** It is back after so long, whatever the scenario does meanwhile. */
  restoreAfter(ms: number, store?: Store): void {
    const timer = setTimeout(() => this.restore(store), ms);
    this.world.own({ [Symbol.dispose]: () => clearTimeout(timer) });
  }

  /**
   * Lets time pass on the instance's own clock, at most `limitMs`, until it answers as expected. Rejects with its last answer
   * when it never does.
   */
  readinessWithin(limitMs: number, expected: Partial<Readiness>, at = this.serving()): Promise<void> {
    let passedMs = 0;
    return eventually(async () => {
      const now = await this.readiness(at);
      if (isDeepStrictEqual({ ...now, ...expected }, now)) return;
      // Once that time is over it stands still, and what is on its way may still arrive.
      const strideMs = Math.min(CHECK_STRIDE_MS, limitMs - passedMs);
      if (strideMs > 0) at.advanceClock(strideMs);
      passedMs += strideMs;
      throw new Error(`after ${passedMs} ms it answers ${JSON.stringify(now)}`);
    }, READINESS_ANSWERED_MS);
  }

  /** Lets time pass on the instance's own clock, no faster than devices can answer it. */
  async letPass(ms: number): Promise<void> {
    this.assertDeclared();
    for (let left = ms; left > 0; left -= STRIDE_MS) {
      this.serving().advanceClock(Math.min(left, STRIDE_MS));
      await this.readiness();
      const { url } = this.serving();
      const there = this.world.cast.devices().filter(({ instanceUrl }) => instanceUrl === url);
      await Promise.all(there.map((device) => device.keepsUp()));
    }
  }

  /** What an instance, without a name the scenario's own, answers to whoever wants to know whether customers should come. */
  async readiness({ url } = this.serving()): Promise<Readiness> {
    const client = new HttpClient(url, 'the front door', this.world.evidence);
    const { body } = await client.send<{ ok: boolean; degraded: boolean }>('get', '/health/ready');
    return { ready: body.ok, degraded: body.degraded };
  }

  /** The names of all facts that anybody is told about the scenario's own instance, on either of its ports. */
  async toldToAnybody(): Promise<readonly string[]> {
    const { url, operationsUrl } = this.serving();
    const names = new Set<string>();
    for (const address of [url, operationsUrl]) {
      for (const door of ['live', 'ready', 'startup']) {
        const client = new HttpClient(address, 'a stranger', this.world.evidence);
        for (const name of Object.keys((await client.send<object>('get', `/health/${door}`)).body)) names.add(name);
      }
    }
    return [...names];
  }

  /** The parts of the scenario's own instance that fail, as operators read them. */
  async redParts(): Promise<readonly string[]> {
    const operator = await this.world.operator(this.serving().operationsUrl);
    const { parts } = await operator.require<{ parts: { name: string; ok: boolean }[] }>(
      'get',
      '/v1/operations/instance',
    );
    return parts.flatMap(({ name, ok }) => (ok ? [] : name));
  }

  /** What the scenario's own instance went through, as operators read it. */
  async phases(): Promise<readonly string[]> {
    const operator = await this.world.operator(this.serving().operationsUrl);
    const { phases } = await operator.require<{ phases: { to: string }[] }>('get', '/v1/operations/instance');
    return phases.map(({ to }) => to);
  }

  /** Why the scenario's own instance is not fit to serve, as operators read it. */
  async causes(): Promise<readonly string[]> {
    const operator = await this.world.operator(this.serving().operationsUrl);
    const { parts } = await operator.require<{ parts: { cause?: string }[] }>('get', '/v1/operations/instance');
    return parts.flatMap(({ cause }) => cause ?? []);
  }

  /** The cause that begins so, as soon as operators read it: parts are looked at every three seconds. */
  causeThatBegins(words: string): Promise<string> {
    return eventually(async () => {
      const causes = await this.causes();
      const found = causes.find((cause) => cause.startsWith(words));
      if (found === undefined) throw new Error(`operators read ${causes.join('; ')}`);
      return found;
    }, 10_000);
  }

  /** Waits until operators read that the scenario's own instance has so much under way; others' questions may be among it. */
  async hasInFlight(expected: { readonly connection: number; readonly leastRun: number }): Promise<void> {
    const operator = await this.world.operator(this.serving().operationsUrl);
    await eventually(async () => {
      const report = await operator.require<{ inFlight: Record<'connection' | 'run', number> }>(
        'get',
        '/v1/operations/instance',
      );
      const { connection, run } = report.inFlight;
      if (connection !== expected.connection || run < expected.leastRun)
        throw new Error(`${connection} connections, ${run} questions`);
    }, 2_000);
  }

  /** Waits until operators read that the scenario's own instance has at least so many requests at work, theirs not counted. */
  async hasRequests(least: number): Promise<void> {
    const operator = await this.world.operator(this.serving().operationsUrl);
    await eventually(async () => {
      const { inFlight } = await operator.require<{ inFlight: { request: number } }>('get', '/v1/operations/instance');
      if (inFlight.request - 1 < least) throw new Error(`${inFlight.request - 1} requests are at work`);
    }, 2_000);
  }

  /** Waits until operators read that nothing is worked on at the scenario's own instance. */
  async isIdle(): Promise<void> {
    const operator = await this.world.operator(this.serving().operationsUrl);
    await eventually(async () => {
      const { inFlight } = await operator.require<{ inFlight: { run: number } }>('get', '/v1/operations/instance');
      if (inFlight.run > 0) throw new Error(`${inFlight.run} questions are under way`);
    }, 2_000);
  }

  get isServing(): boolean {
    return this.#serving !== null;
  }

  serving(): Instance {
    if (this.#serving === null) throw new Error('no instance of its own is serving in this scenario');
    return this.#serving;
  }

  tellToStop(signal: NodeJS.Signals = 'SIGTERM'): void {
    this.endsFrom(performance.now());
    this.serving().signal(signal);
  }

  /** From now on it is measured how long the scenario's own instance takes to end. */
  endsFrom(moment: number): void {
    this.#stopping = this.serving()
      .ended()
      .then(() => performance.now() - moment);
  }

  /** How long the instance took to end after it was told to. */
  async stoppedAfterMs(): Promise<number> {
    if (this.#stopping === null) throw new Error('nobody has told the instance to stop');
    return this.#stopping;
  }

  /** Without a name, the only one that can be cut. */
  #cuttable(store?: Store): FaultProxy {
    const proxy = store === undefined ? [...this.#faults.values()][0] : this.#faults.get(store);
    if (proxy === undefined)
      throw new Error(`the scenario has no instance that can be cut off from ${store ?? 'a store'}`);
    return proxy;
  }

  assertDeclared(): void {
    if (!this.world.tags.includes('@operations')) {
      throw new Error(
        `The scenario "${this.world.scenarioName}" starts, stops or cuts something without saying so. Tag it @operations.`,
      );
    }
  }
}
