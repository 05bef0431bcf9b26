import { fraction, pause, type Clock, type Random, type TenantContext } from '../kernel';
import { z } from 'zod';
import type { At, Rev, StateKind, StateRecord, WriteOptions, WriteReceipt } from './contract';
import { StateError } from './errors';
import { Script, type Hot } from './hot';
import { entryKey } from './keys';
import { checkedLifetime, lifetimeOf } from './kinds';
import { readBack, written } from './values';

const TRIES = 50;
const UPDATE_MS = 2_000;
const FIRST_WAIT_MS = 3;
const LONGEST_WAIT_MS = 16;
/** Redis drops what nobody reads again, this long after its end. */
const NET_MS = 600_000;

const ALIVE = `
local now = tonumber(ARGV[1])
local entry = redis.call('HMGET', KEYS[1], 'inc', 'version', 'value', 'created', 'updated', 'expires')
local alive = entry[6] and tonumber(entry[6]) > now
local rev = alive and (entry[1] .. '.' .. entry[2]) or 'absent'
local expect = ARGV[2]
if expect ~= '' and expect ~= rev then
  if alive then return {'conflict', unpack(entry)} end
  return {'conflict'}
end`;

/** ARGV: now, expect, value, new incarnation, lifetime or '', lifetime of a new entry, net. */
const PUT = new Script(`${ALIVE}
local inc, version, created, expires
if alive then
  inc, version, created, expires = entry[1], tonumber(entry[2]) + 1, entry[4], tonumber(entry[6])
else
  inc, version, created, expires = ARGV[4], 1, ARGV[1], now + tonumber(ARGV[6])
end
if ARGV[5] ~= '' then expires = now + tonumber(ARGV[5]) end
local net = math.floor(expires - now + tonumber(ARGV[7]))
redis.call('HSET', KEYS[1], 'inc', inc, 'version', version, 'value', ARGV[3], 'created', created, 'updated', ARGV[1],
  'expires', string.format('%.0f', expires))
redis.call('PEXPIRE', KEYS[1], net)
return {'done', inc, tostring(version), '', created, ARGV[1], string.format('%.0f', expires)}`);

const REMOVE = new Script(`#!lua flags=allow-oom
${ALIVE}
if not alive then return {'done', '0'} end
redis.call('DEL', KEYS[1])
return {'done', '1'}`);

const answer = z.tuple([z.enum(['done', 'conflict'])], z.string());

interface Ports {
  readonly hot: Hot;
  readonly read: (key: string) => Promise<readonly (string | null)[]>;
  readonly clock: Clock;
  readonly random: Random;
}

/** Versioned records, one hash each. A removed entry that is written again gets a new incarnation, so old revs never match. */
export class Records {
  readonly #queues = new Map<string, Promise<unknown>>();

  constructor(private readonly ports: Ports) {}

  async get<T>(ctx: TenantContext, kind: StateKind<T>, at: At): Promise<StateRecord<T> | undefined> {
    const stored = await this.ports.read(entryKey(ctx, kind.scope, kind.name, at));
    if (stored.some((field) => field === null)) return undefined;
    const record = recordOf(kind, stored as readonly string[]);
    return record.expiresAt.getTime() > this.ports.clock.now() ? record : undefined;
  }

  async put<T>(ctx: TenantContext, kind: StateKind<T>, at: At, value: T, o: WriteOptions = {}): Promise<WriteReceipt> {
    const key = entryKey(ctx, kind.scope, kind.name, at);
    const text = written(kind, value);
    const lifetime = o.lifetimeMs === undefined ? '' : checkedLifetime(o.lifetimeMs);
    const incarnation = Buffer.from(this.ports.random.bytes(9)).toString('base64url');
    const [outcome, ...entry] = answer.parse(
      await this.ports.hot.run(PUT, key, [
        this.ports.clock.now(),
        o.expect ?? '',
        text,
        incarnation,
        lifetime,
        lifetimeOf(kind as unknown as StateKind<never>),
        NET_MS,
      ]),
    );
    if (outcome === 'conflict') throw conflict(kind, entry);
    return { version: Number(entry[1]), rev: revOf(entry), expiresAt: new Date(Number(entry[5])) };
  }

  /** Queues behind this process's other updates of the key; against other processes it tries again after a random wait. */
  async update<T>(
    ctx: TenantContext,
    kind: StateKind<T>,
    at: At,
    change: (now: T | undefined) => T,
    o: { lifetimeMs?: number } = {},
  ): Promise<WriteReceipt> {
    const key = entryKey(ctx, kind.scope, kind.name, at);
    const before = this.#queues.get(key) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(() => this.#update(ctx, kind, at, change, o));
    this.#queues.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.#queues.get(key) === mine) this.#queues.delete(key);
    }
  }

  async remove<T>(
    ctx: TenantContext,
    kind: StateKind<T>,
    at: At,
    o: { expect?: Rev } = {},
  ): Promise<{ removed: boolean }> {
    const key = entryKey(ctx, kind.scope, kind.name, at);
    const [outcome, ...rest] = answer.parse(
      await this.ports.hot.run(REMOVE, key, [this.ports.clock.now(), o.expect ?? '']),
    );
    if (outcome === 'conflict') throw conflict(kind, rest);
    return { removed: rest[0] === '1' };
  }

  async #update<T>(
    ctx: TenantContext,
    kind: StateKind<T>,
    at: At,
    change: (now: T | undefined) => T,
    o: { lifetimeMs?: number },
  ): Promise<WriteReceipt> {
    const { clock, random } = this.ports;
    const began = clock.monotonic();
    for (let tries = 1; tries <= TRIES && clock.monotonic() - began < UPDATE_MS; tries++) {
      const now = await this.get(ctx, kind, at);
      try {
        return await this.put(ctx, kind, at, change(now?.value), { ...o, expect: now?.rev ?? 'absent' });
      } catch (error) {
        if (!(error instanceof StateError) || error.code !== 'state_conflict') throw error;
        await pause(clock, fraction(random) * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1)));
      }
    }
    throw new StateError(
      'state_contended',
      `"${kind.name}" is being changed by too many others at once; nothing was written. Try again.`,
    );
  }
}

function recordOf<T>(kind: StateKind<T>, entry: readonly string[]): StateRecord<T> {
  const [, version, value = 'null', created, updated, expires] = entry;
  return {
    value: readBack(kind, value),
    version: Number(version),
    rev: revOf(entry),
    createdAt: new Date(Number(created)),
    updatedAt: new Date(Number(updated)),
    expiresAt: new Date(Number(expires)),
  };
}

function revOf(entry: readonly string[]): Rev {
  return `${entry[0]}.${entry[1]}` as Rev;
}

function conflict<T>(kind: StateKind<T>, entry: readonly string[]): StateError {
  return new StateError(
    'state_conflict',
    `"${kind.name}" was changed by somebody else; nothing was written. Read it again.`,
    {
      winner: entry.length === 0 ? undefined : recordOf(kind, entry),
    },
  );
}
