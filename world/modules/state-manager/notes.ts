import type { TenantContext } from '../../../ssot/kernel';
import type { At, StateError, StateKind, StateManager, StateRecord, WriteReceipt } from '../../../ssot/state-manager';
import type { PersonName } from '../../actors/personas';
import type { StateHost } from './host';
import { StateInstances, type InstanceOptions } from './instances';
import { NOTE, RELEASES, SHARED } from './kinds';
import { asRefusal } from './refusals';

/** What people of a scenario write and find, on the instance that serves it. */
export class Notes {
  readonly instances: StateInstances;
  /** What the last call gave, or why it was refused. */
  receipt: WriteReceipt | undefined;
  shown: readonly unknown[] = [];
  refused: StateError | undefined;
  /** How long the last call took that was measured, milliseconds. */
  tookMs = 0;
  /** What is looked at when a step says where, not what: the kind that was last written. */
  kind: StateKind<unknown> = NOTE;
  /** Who handed something in, and where, kept or refused. */
  readonly #handedIn = new Map<PersonName, Set<string>>();
  readonly #written = new Set<unknown>();
  #instance: Promise<StateManager> | undefined;
  #other: Promise<StateManager> | undefined;

  constructor(readonly host: StateHost) {
    this.instances = new StateInstances(host);
  }

  /** The instance that serves this scenario. */
  instance(): Promise<StateManager> {
    return (this.#instance ??= this.instances.start());
  }

  /** From here on another instance serves, for instance one with limits or connections of its own. */
  serveWith(options: InstanceOptions = {}): Promise<StateManager> {
    return (this.#instance = this.instances.start(options));
  }

  who(name: PersonName): TenantContext {
    return this.instances.who(name);
  }

  /** Keeps what came of it, whichever way it went. */
  async attempt<T>(work: (state: StateManager) => Promise<T>): Promise<T | undefined> {
    this.refused = undefined;
    try {
      return await work(await this.instance());
    } catch (refusal) {
      this.refused = asRefusal(refusal);
      return undefined;
    }
  }

  /** Writes, or is refused. */
  async write(
    name: PersonName,
    id: string,
    value: unknown,
    o: { kind?: StateKind<unknown>; lifetimeMs?: number; writeId?: string } = {},
  ): Promise<void> {
    const { kind = this.kind, ...options } = o;
    this.kind = kind;
    this.#noteHandedIn(name, id, value);
    this.receipt = await this.attempt((state) => state.put(this.who(name), kind, { id }, value, options));
  }

  /** Writes; a refusal fails the step. */
  async mustWrite(name: PersonName, id: string, value: unknown, kind: StateKind<unknown> = this.kind): Promise<void> {
    this.kind = kind;
    this.#noteHandedIn(name, id, value);
    this.receipt = await (await this.instance()).put(this.who(name), kind, { id }, value);
  }

  async look(name: PersonName, id: string): Promise<void> {
    await this.#show((state) => state.get(this.who(name), this.kind, { id }));
  }

  async list(name: PersonName, id: string): Promise<void> {
    const page = await this.attempt((state) => state.list(this.who(name), this.kind, { id }));
    this.shown = (page?.items ?? []).map(({ record }) => record.value);
  }

  async clear(name: PersonName, id: string): Promise<void> {
    this.shown = [];
    await this.attempt((state) => state.clear(this.who(name), { scope: 'thread', id }));
  }

  async erase(by: PersonName, whom: PersonName): Promise<void> {
    await this.attempt((state) => state.clear(this.who(by), { user: this.who(whom).userId }));
  }

  async share(name: PersonName, value: string): Promise<void> {
    await this.attempt((state) => state.put(this.who(name), SHARED, {}, value));
  }

  async shared(name: PersonName): Promise<unknown> {
    return (await this.record(name, {}, SHARED))?.value;
  }

  async writeReport(name: PersonName, usd: number, release: StateKind<unknown>): Promise<void> {
    await this.mustWrite(name, 'report', release.shape === undefined ? { total: usd } : { sum: usd }, release);
  }

  async readReport(name: PersonName): Promise<void> {
    await this.#show((state) => state.get(this.who(name), RELEASES.today, { id: 'report' }));
  }

  /** What another instance finds there; the same one each time. */
  async readElsewhere(name: PersonName, id: string): Promise<unknown> {
    this.#other ??= this.instances.start();
    const value = (await (await this.#other).get(this.who(name), this.kind, { id }))?.value;
    if (value === undefined) this.assertHandedIn(name, id);
    return value;
  }

  /** JSON text of exactly so many bytes. */
  textOf(bytes: number): string {
    return 'x'.repeat(bytes - 2);
  }

  /** What somebody finds there; a refusal fails the step. */
  async record(name: PersonName, at: At, kind = this.kind): Promise<StateRecord<unknown> | undefined> {
    return (await this.instance()).get(this.who(name), kind, at);
  }

  async valueOf(name: PersonName, id: string): Promise<unknown> {
    const value = (await this.record(name, { id }))?.value;
    if (value === undefined) this.assertHandedIn(name, id);
    return value;
  }

  /** That nothing is found proves something only where something was handed in. */
  assertHandedIn(name: PersonName, id?: string): void {
    const ids = this.#handedIn.get(name);
    if (ids === undefined || (id !== undefined && !ids.has(id)))
      throw new Error(`${name} has handed in nothing${id === undefined ? '' : ` in "${id}"`} in this scenario`);
  }

  /** That words are found nowhere proves something only where somebody wrote them. */
  assertWritten(words: string): void {
    if (!this.#written.has(words)) throw new Error(`nobody has written "${words}" in this scenario`);
  }

  #noteHandedIn(name: PersonName, id: string, value: unknown): void {
    this.#written.add(value);
    this.#handedIn.set(name, (this.#handedIn.get(name) ?? new Set()).add(id));
  }

  async endsInMs(name: PersonName, id: string): Promise<number> {
    const record = await this.record(name, { id });
    return Number(record?.expiresAt) - this.host.clock.now();
  }

  async #show(read: (state: StateManager) => Promise<StateRecord<unknown> | undefined>): Promise<void> {
    const record = await this.attempt(read);
    this.shown = record === undefined ? [] : [record.value];
  }
}
