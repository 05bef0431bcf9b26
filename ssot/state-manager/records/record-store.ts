import { z } from 'zod';
import type { Clock, Logger, Metrics, Random, Script } from '../../kernel';
import type { Rev, StateKind, StateRecord } from '../contract';
import { StateError } from '../errors';
import { redisKey, type EntryKey } from '../keys';
import { SET_ASIDE_MS, WRITE_REMEMBERED_MS, type StateLimits } from '../limits';
import { TenantList } from '../maintenance/tenant-list';
import type { RedisClient } from '../redis/redis-client';
import { PUT, READ, READ_FAST, REMOVE, SET_ASIDE } from './record-scripts';
import type { Seal } from './seal';
import { deserialize } from './value';

/** READ_FAST's answer when READ is needed. */
const MUST_ACT = -1;
/** Tenants with entries, and those of them with durable ones. */
const TENANTS = 'sm:tenants:any';
const DURABLE_TENANTS = 'sm:tenants:durable';

export interface RecordStoreDeps {
  readonly redis: RedisClient;
  readonly seal: Seal;
  /** Of waits and of what is remembered here. */
  readonly clock: Clock;
  readonly time: 'server' | Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly limits: StateLimits;
}

/** What stands where, as Redis gives it: incarnation, version, sealed value, created, updated, expires, shape. */
export type StoredEntry = readonly string[];

export interface Put {
  readonly key: EntryKey;
  readonly expect: Rev | 'absent' | '';
  /** As JSON, to be sealed. */
  readonly text: string;
  readonly shape: number;
  readonly lifetimeMs?: number | undefined;
  /** Of a new entry. */
  readonly defaultLifetimeMs: number;
}
export interface Written {
  readonly replayed: boolean;
  readonly durable: boolean;
  readonly hotCopy: 'fresh' | 'pending';
  readonly rev: Rev;
  readonly version: number;
  readonly expiresAt: Date;
}
export interface Conflict {
  readonly refused: 'conflict';
  readonly current: StoredEntry | undefined;
  readonly source: 'hot' | 'warm';
}
export type Refusal = Conflict | { readonly refused: 'quota'; readonly whose: string };

const answer = z.array(z.string());
const readAnswer = z.union([answer, z.literal(MUST_ACT), z.null()]);

/** Records as Redis keeps them: sealed, indexed and counted by one script for each question. */
export class RecordStore {
  readonly tenants: TenantList;
  readonly durableTenants: TenantList;
  readonly #origin: string;
  #made = 0;

  constructor(private readonly deps: RecordStoreDeps) {
    this.#origin = Buffer.from(deps.random.bytes(9)).toString('base64url');
    const listDeps = { redis: deps.redis, clock: deps.clock, now: () => this.now() };
    this.tenants = new TenantList(TENANTS, listDeps);
    this.durableTenants = new TenantList(DURABLE_TENANTS, listDeps);
  }

  get limits(): StateLimits {
    return this.deps.limits;
  }
  get seal(): Seal {
    return this.deps.seal;
  }

  async read({ tenant, owner, name }: EntryKey): Promise<StoredEntry | undefined> {
    const ask = async (script: Script): Promise<z.infer<typeof readAnswer>> =>
      readAnswer.parse(await this.deps.redis.retried(() => this.run(script, tenant, [owner, name])));
    const fast = await ask(READ_FAST);
    const entry = fast === MUST_ACT ? await ask(READ) : fast;
    return entry === null || entry === MUST_ACT ? undefined : entry;
  }

  /** `writeKey`: where the outcome is remembered; such a write is tried again when Redis fails. */
  async put(put: Put, writeKey = ''): Promise<Written | Refusal> {
    const { tenant, owner, name } = put.key;
    const { userEntries, userBytes, tenantEntries, tenantBytes } = this.limits;
    const values = [
      ...[owner, name, put.expect, writeKey, WRITE_REMEMBERED_MS, userEntries, userBytes, tenantEntries, tenantBytes],
      ...[
        this.seal.close(put.text, put.key),
        this.incarnation(),
        put.lifetimeMs ?? '',
        put.defaultLifetimeMs,
        put.shape,
      ],
    ];
    const ask = async (): Promise<unknown> => {
      await this.tenants.add(tenant);
      return this.run(PUT, tenant, values);
    };
    const [outcome, ...rest] = answer.parse(await (writeKey === '' ? ask() : this.deps.redis.retried(ask)));
    if (outcome === 'conflict') return conflictWith(rest);
    if (outcome === 'quota') return { refused: 'quota', whose: rest[0] ?? '' };
    if (outcome === 'erased') throw erased();
    const [incarnation = '', version = '', expires] = rest;
    return {
      ...{ replayed: outcome === 'replayed', durable: false, hotCopy: 'fresh' },
      ...{ rev: revOf([incarnation, version]), version: Number(version), expiresAt: new Date(Number(expires)) },
    };
  }

  async remove({ tenant, owner, name }: EntryKey, expect: Rev | ''): Promise<{ removed: boolean } | Conflict> {
    const [outcome, ...rest] = answer.parse(await this.run(REMOVE, tenant, [owner, name, expect]));
    return outcome === 'conflict' ? conflictWith(rest) : { removed: rest[0] === '1' };
  }

  /** With what every script on records needs in front. */
  run(script: Script, tenant: string, values: readonly (string | number)[]): Promise<unknown> {
    return this.deps.redis.run(script, [tenant], [this.now(), ...values]);
  }

  /** Empty when the server's own time decides. */
  now(): number | '' {
    return this.deps.time === 'server' ? '' : this.deps.time.now();
  }

  /** Opens a stored entry. Throws `state_corrupted` for a damaged one, which is set aside when it stands in Redis. */
  async open<T>(
    kind: StateKind<T>,
    key: EntryKey,
    entry: StoredEntry,
    source: 'hot' | 'warm' = 'hot',
  ): Promise<StateRecord<T>> {
    const [, version, sealed = '', created, updated, expires, shape] = entry;
    const text = this.seal.open(sealed, key);
    if (text === undefined) {
      if (source === 'hot') await this.run(SET_ASIDE, key.tenant, [key.owner, key.name, revOf(entry), SET_ASIDE_MS]);
      throw this.#corrupted(kind, key);
    }
    return {
      value: deserialize(kind, text, Number(shape)),
      version: Number(version),
      rev: revOf(entry),
      createdAt: new Date(Number(created)),
      updatedAt: new Date(Number(updated)),
      expiresAt: new Date(Number(expires)),
      source,
    };
  }

  #corrupted(kind: StateKind<unknown>, key: EntryKey): StateError {
    const { logger, metrics } = this.deps;
    metrics.count('state_corrupted_total', { kind: kind.name });
    logger.error({ kind: kind.name, key: redisKey(key) }, 'a damaged entry was found');
    return new StateError(
      'state_corrupted',
      `What was stored as "${kind.name}" is damaged; it was set aside. Write it anew.`,
    );
  }

  /** A text that no other instance and no other call gives. */
  incarnation(): string {
    this.#made += 1;
    return `${this.#origin}${this.#made.toString(36)}`;
  }
}

function conflictWith(current: StoredEntry): Conflict {
  return { refused: 'conflict', current: current.length === 0 ? undefined : current, source: 'hot' };
}

export function erased(): StateError {
  return new StateError('state_erased', 'This user was erased; nothing is stored for them any more.');
}

export function revOf(entry: StoredEntry): Rev {
  return `${entry[0]}.${entry[1]}` as Rev;
}
