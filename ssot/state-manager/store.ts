import type { Clock, Logger, Metrics, Random, TenantContext } from '../kernel';
import { z } from 'zod';
import type { Rev, StateKind, StateRecord } from './contract';
import { StateError } from './errors';
import type { Hot } from './hot';
import { entryKey, type Place } from './keys';
import { SET_ASIDE_MS, type StateLimits } from './limits';
import { CHANGE_FIELDS, READ, READ_ON, REMOVE, SET_ASIDE, WRITE, type Script } from './scripts';
import type { Seal } from './seal';
import { readBack } from './values';

/** The short reading script's word for: the long one is needed. */
const MUST_ACT = -1;
const TENANTS = 'sm:tenants';

export interface StorePorts {
  readonly hot: Hot;
  readonly seal: Seal;
  readonly time: 'server' | Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly limits: StateLimits;
}

/** One step of a change, as the script takes it. */
export interface Step {
  readonly op: 'put' | 'touch' | 'remove';
  readonly place: Place;
  readonly expect: Rev | 'absent' | 'present' | '';
  /** As JSON, to be sealed. */
  readonly text?: string;
  readonly shape?: number;
  readonly lifetimeMs?: number | undefined;
  /** Of a new entry: how long it lives, or when it ends. */
  readonly life?: number | { readonly until: Date };
}

export interface Outcome {
  readonly replayed: boolean;
  readonly durable: boolean;
  readonly hotCopy: 'fresh' | 'pending';
  /** Per step: incarnation, version (of a removal: 1 when there was something), end of life. */
  readonly entries: readonly (readonly [string, string, string])[];
}
export type Refusal =
  | {
      readonly refused: 'conflict';
      readonly index: number;
      readonly stands: readonly string[];
      readonly source: 'hot' | 'warm';
    }
  | { readonly refused: 'quota'; readonly whose: string };

const words = z.array(z.string());
const found = z.array(z.union([words, z.null()]));

/** Records as Redis keeps them: sealed, indexed, counted and announced by one script for each question. */
export class Store {
  readonly #origin: string;
  #made = 0;

  constructor(private readonly ports: StorePorts) {
    this.#origin = Buffer.from(ports.random.bytes(9)).toString('base64url');
  }

  get limits(): StateLimits {
    return this.ports.limits;
  }
  get seal(): Seal {
    return this.ports.seal;
  }

  /** Entries of one owner, by name. */
  async read(company: string, owner: string, names: readonly string[]): Promise<readonly (readonly string[] | null)[]> {
    const ask = (script: Script): Promise<unknown> =>
      this.ports.hot.repeated(() => this.run(script, company, [owner, ...names]));
    const answer = await ask(READ_ON);
    return found.parse(answer === MUST_ACT ? await ask(READ) : answer);
  }

  /** All steps or none. `writeKey`: where the outcome is remembered; such a change is tried again when Redis fails. */
  async change(steps: readonly Step[], writeKey = '', writeMs = 0): Promise<Outcome | Refusal> {
    const { limits, hot } = this.ports;
    const company = steps[0]?.place.company ?? '';
    const isRemoval = steps.every(({ op }) => op === 'remove');
    const values = [
      ...[writeKey, writeMs, limits.personEntries, limits.personBytes, limits.tenantEntries, limits.tenantBytes],
      ...steps.flatMap((step) => this.#asWords(step)),
    ];
    const ask = (): Promise<unknown> => this.run(isRemoval ? REMOVE : WRITE, company, values);
    const [outcome, ...rest] = words.parse(await (writeKey === '' ? ask() : hot.repeated(ask)));
    if (outcome === 'conflict') {
      return { refused: 'conflict', index: Number(rest[0]) - 1, stands: rest.slice(1), source: 'hot' };
    }
    if (outcome === 'quota') return { refused: 'quota', whose: rest[0] ?? '' };
    if (outcome === 'erased') throw erased();
    const entries = steps.map((_, i) => rest.slice(3 * i, 3 * i + 3) as [string, string, string]);
    return { replayed: outcome === 'replayed', durable: false, hotCopy: 'fresh', entries };
  }

  /** With what every script needs in front. */
  run(
    script: Script,
    company: string,
    values: readonly (string | number)[],
    moreKeys: readonly string[] = [],
  ): Promise<unknown> {
    const { hot, limits } = this.ports;
    return hot.run(script, [company, TENANTS, ...moreKeys], [this.now(), this.fresh(), limits.changesKept, ...values]);
  }

  /** Empty when the server's own time decides. */
  now(): number | '' {
    return this.ports.time === 'server' ? '' : this.ports.time.now();
  }

  /** Opens a stored entry. A damaged one is refused, and set aside when it stands in Redis. */
  async open<T>(
    kind: StateKind<T>,
    place: Place,
    entry: readonly string[],
    source: 'hot' | 'warm' = 'hot',
  ): Promise<StateRecord<T>> {
    const [, version, sealed = '', created, updated, expires, shape] = entry;
    const text = this.ports.seal.open(sealed, place.company + place.owner, entryKey(place));
    if (text === undefined) {
      if (source === 'hot')
        await this.run(SET_ASIDE, place.company, [place.owner, place.name, revOf(entry), SET_ASIDE_MS]);
      throw this.#damaged(kind, place);
    }
    return {
      value: readBack(kind, text, Number(shape)),
      version: Number(version),
      rev: revOf(entry),
      createdAt: new Date(Number(created)),
      updatedAt: new Date(Number(updated)),
      expiresAt: new Date(Number(expires)),
      source,
    };
  }

  #damaged(kind: StateKind<unknown>, place: Place): StateError {
    const { log, metrics } = this.ports;
    metrics.count('state_corrupted_total', { kind: kind.name });
    log.error({ kind: kind.name, key: entryKey(place) }, 'a damaged entry was found');
    return new StateError(
      'state_corrupted',
      `What was stored as "${kind.name}" is damaged; it was set aside. Start afresh there.`,
    );
  }

  #asWords({ op, place, expect, text = '', shape = 1, lifetimeMs = -1, life = 0 }: Step): string[] {
    const sealed = op === 'put' ? this.ports.seal.close(text, place.company + place.owner, entryKey(place)) : '';
    const words = [op, place.owner, place.name, expect, sealed, op === 'put' ? this.fresh() : ''];
    const lives = typeof life === 'number' ? String(life) : `@${life.until.getTime()}`;
    return [...words, lifetimeMs < 0 ? '' : String(lifetimeMs), lives, String(shape)].slice(0, CHANGE_FIELDS);
  }

  /** A text that no other instance and no other call gives. */
  fresh(): string {
    this.#made += 1;
    return `${this.#origin}${this.#made.toString(36)}`;
  }
}

export function erased(): StateError {
  return new StateError('state_erased', 'This person was erased; nothing is kept for them any more.');
}

/** Whose marks and cursors they are. */
export function bearerOf(ctx: TenantContext): string {
  return `${ctx.tenantId} ${ctx.userId}`;
}

export function revOf(entry: readonly string[]): Rev {
  return `${entry[0]}.${entry[1]}` as Rev;
}
