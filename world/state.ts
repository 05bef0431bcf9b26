import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { z } from 'zod';
import {
  noMetrics,
  PERMISSIONS,
  silentLogger,
  systemClock,
  systemRandom,
  vouchFor,
  type TenantContext,
} from '../ssot/kernel';
import {
  DEFAULT_LIMITS,
  defineState,
  openStateManager,
  STATE_CODES,
  StateError,
  type At,
  type StateKind,
  type StateLimits,
  type StateManager,
  type StateManagerDeps,
  type StateRecord,
  type WriteReceipt,
} from '../ssot/state-manager';
import { meaningOf } from './known';
import { eventually } from './eventually';
import { PEOPLE, type PersonName } from './personas';
import type { RevenueWorld } from './revenue-world';
import { StateAtHand } from './state-at-hand';
import { Changes } from './state-batches';
import { Crowd } from './state-crowd';
import { StateFaults } from './state-faults';
import { NOTE } from './state-kinds';
import { Lasting } from './state-lasting';
import { Listeners } from './state-listeners';
import { Shares } from './state-shares';
import { StateWarm } from './state-warm';

export type StateHost = Pick<RevenueWorld, 'clock' | 'connections' | 'own'>;
const NOBODY = 'redis://127.0.0.1:1';

/** What a scenario does with working state: instances of the module, people of its own, and what they were told. */
export class WorkingState {
  readonly sealingKey = randomBytes(32);
  readonly atHand = new StateAtHand(this);
  readonly crowd = new Crowd(this);
  readonly listeners = new Listeners(this);
  readonly shares = new Shares(this);
  readonly changes = new Changes(this);
  readonly faults = new StateFaults(this);
  readonly warm = new StateWarm(this);
  readonly lasting = new Lasting(this);
  /** What people keep here, unless said otherwise. */
  kind: StateKind<unknown> = NOTE;
  /** What the last call gave or refused. */
  receipt: WriteReceipt | null = null;
  refused: StateError | null = null;
  found: StateRecord<unknown> | undefined;
  /** What operators' figures were told. */
  readonly counted: object[] = [];
  readonly #people = new Map<PersonName, TenantContext>();
  readonly #tenants = new Map<string, TenantContext['tenantId']>();
  #instance: Promise<StateManager> | null = null;
  #unreachable: Redis | null = null;
  #cleans = false;

  constructor(readonly world: StateHost) {}

  /** The scenario's first instance. */
  instance(): Promise<StateManager> {
    return (this.#instance ??= this.start());
  }

  /** Removes what this scenario's companies have in Redis, so that no later sweep finds it. */
  async #clean(): Promise<void> {
    const redis = this.world.connections.redis();
    for (const tenantId of this.#tenants.values()) {
      const keys = await redis.keys(`sm:{${tenantId}}:*`);
      if (keys.length > 0) await redis.del(...keys);
      for (const set of ['sm:tenants', 'sm:durable']) await redis.srem(set, `sm:{${tenantId}}:`);
    }
  }

  /** An instance of the module on the scenario's clock; limits and waits run on the machine's. */
  async start(deps: Partial<StateManagerDeps> = {}): Promise<StateManager> {
    if (deps.redis === undefined && !this.#cleans) {
      this.#cleans = true;
      this.world.own({ [Symbol.asyncDispose]: () => this.#clean() });
    }
    const metrics = { ...noMetrics, count: (name: string, labels = {}) => void this.counted.push({ name, ...labels }) };
    const manager = await openStateManager({
      redis: deps.redis ?? this.world.connections.redis(),
      durable: this.warm.back(deps),
      ...{ clock: systemClock, time: this.world.clock, random: systemRandom, log: silentLogger, metrics },
      sealingKey: this.sealingKey,
      ...deps,
    });
    return this.world.own(manager);
  }

  /** Replaces the first instance, for scenarios about one with limits or lines of its own. */
  async serveWith(deps: Partial<StateManagerDeps>): Promise<StateManager> {
    this.#instance = this.start(deps);
    return this.#instance;
  }

  /** An instance that would have to open its line to Redis first, so that asking is noticed. */
  serveWithoutRedis(): void {
    const redis = new Redis(NOBODY, { lazyConnect: true, retryStrategy: () => null });
    redis.on('error', () => undefined);
    this.world.own({ [Symbol.dispose]: () => redis.disconnect() });
    this.#unreachable = redis;
    this.#instance = this.start({ redis });
  }

  get redisWasAsked(): boolean {
    return this.#unreachable?.status !== 'wait';
  }

  /** A verified identity of this scenario alone. */
  who(name: PersonName): TenantContext {
    const known = this.#people.get(name);
    if (known !== undefined) return known;
    const { ids } = this.world.connections;
    const { company, role } = meaningOf('person', name, PEOPLE);
    const tenantId = this.#tenants.get(company) ?? ids.next('tenant');
    this.#tenants.set(company, tenantId);
    const permissions = role === 'administrator' ? [...PERMISSIONS] : (['chat:use'] as const);
    const made = vouchFor({ tenantId, userId: ids.next('user'), plan: 'enterprise', permissions });
    this.#people.set(name, made);
    return made;
  }

  /** Keeps what came of it, whichever way it went. */
  async attempt<T>(work: (state: StateManager) => Promise<T>): Promise<T | undefined> {
    this.refused = null;
    try {
      return await work(await this.instance());
    } catch (refusal) {
      this.refused = asRefusal(refusal);
      return undefined;
    }
  }

  async note(name: PersonName, value: unknown, at: At, kind: StateKind<unknown> = this.kind): Promise<void> {
    this.receipt = await (await this.instance()).put(this.who(name), kind, at, value);
  }

  /** On the strength of what stands there. */
  async change(name: PersonName, value: unknown, id: string): Promise<void> {
    const expect = (await this.read(name, { id }))?.rev;
    if (expect === undefined) throw new Error('there is nothing to change');
    this.changes.firstRevs = [expect];
    this.receipt = await (await this.instance()).put(this.who(name), this.kind, { id }, value, { expect });
  }

  async tryToNote(name: PersonName, value: unknown, at: At, kind: StateKind<unknown> = this.kind): Promise<void> {
    this.receipt = (await this.attempt((state) => state.put(this.who(name), kind, at, value))) ?? null;
  }

  async read(
    name: PersonName,
    at: At,
    kind: StateKind<unknown> = this.kind,
  ): Promise<StateRecord<unknown> | undefined> {
    this.found = await this.attempt((state) => state.get(this.who(name), kind, at));
    return this.found;
  }

  async declare(name: string, lifetimeMs = 60_000): Promise<void> {
    this.serveWithoutRedis();
    await this.attempt(async () => {
      defineState({ name, scope: 'thread', schema: z.unknown(), lifetimeMs });
      return Promise.resolve();
    });
  }

  /** What somebody finds there: the value, or `undefined`. Refusals fail the step. */
  async valueOf(name: PersonName, at: At, kind: StateKind<unknown> = this.kind): Promise<unknown> {
    return (await (await this.instance()).get(this.who(name), kind, at))?.value;
  }

  writtenAtClosing = 0;

  async closeWhileWriting(name: PersonName, count: number): Promise<void> {
    const state = await this.instance();
    const writes = Array.from({ length: count }, (_, i) => state.put(this.who(name), this.kind, { id: `${i}` }, i));
    await state[Symbol.asyncDispose]();
    const written = await Promise.allSettled(writes);
    this.writtenAtClosing = written.filter(({ status }) => status === 'fulfilled').length;
  }

  /** The refusals of which a repeat may help, or not. */
  codes(retryable: boolean): string {
    return Object.entries(STATE_CODES)
      .filter(([, may]) => may === retryable)
      .map(([code]) => code.replace('state_', ''))
      .join(', ');
  }

  limit(what: string): number {
    const words: Readonly<Record<string, keyof StateLimits>> = {
      'entries of a person': 'personEntries',
      'bytes of a person': 'personBytes',
      'entries of a company': 'tenantEntries',
      'bytes of a company': 'tenantBytes',
      'changes behind': 'watcherLag',
      'changes kept': 'changesKept',
    };
    return DEFAULT_LIMITS[words[what] ?? 'personEntries'];
  }

  /** Every key of a person's company in Redis, as Redis spells it. */
  keysOf(name: PersonName): Promise<string[]> {
    return this.world.connections.redis().keys(`sm:{${this.who(name).tenantId}}:*`);
  }

  /** Time has passed for entries, while no timer of an instance has run. */
  endQuietly(ms: number): void {
    const { clock } = this.world;
    clock.set(clock.now() + ms);
  }

  /** Waits for the sweep that is on: its end is seen at an entry of somebody's that has just ended. */
  async swept(name: PersonName): Promise<void> {
    const { clock } = this.world;
    await this.note(name, 'ends soon', { id: 'swept' });
    const end = (this.receipt?.expiresAt.getTime() ?? 0) - clock.now();
    await (await this.instance()).touch(this.who(name), this.kind, { id: 'swept' }, 1_000);
    clock.advance(Math.min(end, 30_000));
    await eventually(async () => {
      if ((await this.keysOf(name)).some((key) => key.includes(':thread:swept:'))) throw new Error('not swept yet');
    });
  }

  /** How long Redis keeps a person's one note and the story of their changes, milliseconds. */
  async keptByRedis(name: PersonName): Promise<{ note: number; story: number }> {
    const redis = this.world.connections.redis();
    const keys = await this.keysOf(name);
    const left = (part: string): Promise<number> => redis.pttl(keys.find((key) => key.includes(part)) ?? '');
    return { note: await left(':e:'), story: await left(':log:') };
  }

  /** Redis has lost everything of a company. */
  async lose(name: PersonName): Promise<void> {
    await this.world.connections.redis().del(...(await this.keysOf(name)));
  }
}

/** Only what a caller is told counts as a refusal; everything else is a failure of the scenario. */
export function asRefusal(error: unknown): StateError {
  const isRefusal = error instanceof StateError || (error as { code?: string }).code === 'context_unverified';
  if (!isRefusal) throw error;
  const refusal = error as StateError;
  if (!/^.{20,}\.$/su.test(refusal.message)) {
    throw new Error(`a refusal says what is wrong and what to do, not "${refusal.message}"`);
  }
  return refusal;
}
