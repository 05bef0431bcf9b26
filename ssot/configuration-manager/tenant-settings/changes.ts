import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  assertAllowed,
  SecretUnreadable,
  type Json,
  type KeyRing,
  type TenantContext,
  type Transaction,
} from '../../kernel';
import { ConfigurationError } from '../errors';
import type { Change, ChangeRecord, ChangeRequest, ConfigurationDeps, Receipt } from './contract';
import { declarationOf } from './declarations';
import { assertRequest, assertRestorable, assertSettable, wantedBy } from './requests';
import * as tables from './tables';

const MAX_KEYS_OF_COMPANY = 200;
const MAX_BYTES_OF_COMPANY = 256 * 1024;
const PAGE = 50;
const MAX_PAGE = 200;
const PRINTS = 'configuration fingerprints';
const SEALING = 'company settings';
const PRINT_LENGTH = 16;

type Wanted = ReadonlyMap<string, Json | undefined>;
/** A receipt before anybody was told. */
export type Outcome = Omit<Receipt, 'announced'>;

/** Changes of companies' settings in PostgreSQL: all or nothing, recorded for good, one after the other. */
export class Changes {
  constructor(
    private readonly keys: KeyRing,
    private readonly deps: Pick<ConfigurationDeps, 'db' | 'clock'>,
  ) {}

  async change(ctx: TenantContext, change: Change): Promise<Outcome> {
    assertAllowed(ctx, 'settings:write');
    const wanted = wantedBy(change);
    const { expectedVersion } = change;
    const body = ['change', expectedVersion, [...wanted].sort(([a], [b]) => (a < b ? -1 : 1))];
    return this.#apply(ctx, change, body, () => {
      // Not before it is known to be new: one that was made is told so, whatever the plan has become.
      assertSettable(change, ctx.plan);
      return Promise.resolve({ wanted, left: [] });
    });
  }

  async restore(ctx: TenantContext, request: ChangeRequest & { readonly toVersion: number }): Promise<Outcome> {
    assertAllowed(ctx, 'settings:write');
    assertRequest(request);
    const { toVersion, expectedVersion } = request;
    return this.#apply(ctx, request, ['restore', expectedVersion, toVersion], async (tx, version) => {
      if (!Number.isSafeInteger(toVersion) || toVersion < 0 || toVersion > version)
        throw unknownVersion(toVersion, version);
      const items = await tables.itemsSince(tx, toVersion);
      const open = items.filter(({ is_secret }) => !is_secret);
      const wanted = new Map(open.map(({ key, before }) => [key, before ?? undefined]));
      assertRestorable(wanted, ctx.plan);
      return { wanted, left: items.filter(({ is_secret }) => is_secret).map(({ key }) => key) };
    });
  }

  async history(
    ctx: TenantContext,
    { before = Number.MAX_SAFE_INTEGER, limit = PAGE }: { readonly before?: number; readonly limit?: number } = {},
  ): Promise<readonly ChangeRecord[]> {
    assertAllowed(ctx, 'settings:read');
    return this.deps.db.transaction(ctx, (tx) => tables.historyOf(tx, before, Math.min(Math.max(1, limit), MAX_PAGE)), {
      readOnly: true,
    });
  }

  /** What a company has stored, opened. */
  async stored(ctx: TenantContext): Promise<{ version: number; values: Map<string, Json | SecretUnreadable> }> {
    const { version, of } = await this.deps.db.transaction(ctx, tables.overridesOf, { readOnly: true });
    return { version, values: new Map([...of].map(([key, override]) => [key, this.#opened(ctx, key, override)])) };
  }

  async #apply(
    ctx: TenantContext,
    { requestId, reason, expectedVersion }: ChangeRequest,
    body: Json | readonly unknown[],
    plan: (tx: Transaction, version: number) => Promise<{ wanted: Wanted; left: readonly string[] }>,
  ): Promise<Outcome> {
    const content = JSON.stringify([body, reason]);
    return this.deps.db.transaction(ctx, async (tx) => {
      const version = await tables.lockHead(tx, ctx);
      const before = await tables.changeOf(tx, requestId);
      if (before !== undefined) {
        // Made, maybe, by an instance to which another of the keys was the newest, as while they are being changed.
        if (!this.#printsOf(ctx, '', content).some((one) => timingSafeEqual(before.bodyHash, one))) throw reused();
        return { version: before.version, changed: before.keys, left: before.left, repeated: true };
      }
      if (expectedVersion > version) throw unknownVersion(expectedVersion, version);
      const { wanted, left } = await plan(tx, version);
      await assertUnchanged(tx, expectedVersion, [...wanted.keys()]);
      const current = await tables.overridesOf(tx);
      const items = [...wanted].flatMap(([key, value]) => this.#item(ctx, key, current.of.get(key), value));
      if (items.length === 0) return { version, changed: [], left, repeated: false };
      assertRoom(current, items);
      const next = version + 1;
      const at = new Date(this.deps.clock.now());
      const bodyHash = this.#print(ctx, '', content);
      tables.storeChange(tx, ctx, { version: next, reason, requestId, bodyHash, left, at, items });
      return { version: next, changed: items.map(({ key }) => key), left, repeated: false };
    });
  }

  /** Nothing when the company has it so already. */
  #item(
    ctx: TenantContext,
    key: string,
    before: tables.StoredOverride | undefined,
    value: Json | undefined,
  ): readonly tables.NewItem[] {
    const isSecret = declarationOf(key)?.secret === true;
    const known = before && this.#opened(ctx, key, before);
    if (isDeepStrictEqual(known, value)) return [];
    const print = (of: Json | SecretUnreadable | undefined): string | null =>
      of === undefined || of instanceof Error || !isSecret ? null : this.#shortPrint(ctx, key, of);
    const after = value === undefined ? null : this.#closed(ctx, key, value, isSecret);
    return [{ key, isSecret, before: before ?? null, after, prints: { before: print(known), after: print(value) } }];
  }

  #closed(ctx: TenantContext, key: string, value: Json, isSecret: boolean): tables.StoredOverride {
    if (!isSecret) return { value, sealed: null };
    return { value: null, sealed: this.keys.seal(JSON.stringify(value), placeOf(ctx, key)) };
  }

  #opened(ctx: TenantContext, key: string, { value, sealed }: tables.StoredOverride): Json | SecretUnreadable {
    if (sealed === null) return value;
    try {
      return JSON.parse(this.keys.open(sealed, placeOf(ctx, key)).toString('utf8')) as Json;
    } catch (error) {
      if (error instanceof SecretUnreadable) return error;
      throw error;
    }
  }

  /** Says that a credential changed, not what it is: it can neither be guessed back nor compared between companies. */
  #shortPrint(ctx: TenantContext, key: string, value: Json): string {
    return this.#print(ctx, key, JSON.stringify(value)).toString('hex').slice(0, PRINT_LENGTH);
  }

  #print(ctx: TenantContext, key: string, text: string): Buffer {
    return printWith(this.keys.derive(PRINTS), ctx, key, text);
  }

  #printsOf(ctx: TenantContext, key: string, text: string): readonly Buffer[] {
    return this.keys.deriveAll(PRINTS).map((one) => printWith(one, ctx, key, text));
  }
}

function printWith(derived: KeyObject, { tenantId }: TenantContext, key: string, text: string): Buffer {
  return createHmac('sha256', derived)
    .update(JSON.stringify([tenantId, key, text]))
    .digest();
}

function placeOf({ tenantId }: TenantContext, key: string) {
  return { purpose: SEALING, about: JSON.stringify([tenantId, key]) };
}

async function assertUnchanged(tx: Transaction, version: number, keys: readonly string[]): Promise<void> {
  const conflict = await tables.changedSince(tx, version, keys);
  if (conflict === undefined) return;
  const message = `Nothing was changed: "${conflict.key}" was changed by somebody else meanwhile, in version ${conflict.version}. Read the settings again.`;
  throw new ConfigurationError('version_conflict', message, { field: conflict.key, changedBy: conflict.actor_id });
}

function assertRoom(current: tables.Overrides, items: readonly tables.NewItem[]): void {
  const after = new Map(current.of);
  for (const item of items) {
    if (item.after === null) after.delete(item.key);
    else after.set(item.key, item.after);
  }
  const bytes = [...after.values()].reduce((sum, one) => sum + (one.sealed?.length ?? sizeOf(one.value)), 0);
  if (after.size <= MAX_KEYS_OF_COMPANY && bytes <= MAX_BYTES_OF_COMPANY) return;
  throw new ConfigurationError(
    'too_many_settings',
    `Nothing was changed: a company has at most ${MAX_KEYS_OF_COMPANY} settings of its own and ${MAX_BYTES_OF_COMPANY / 1024} KiB.`,
  );
}

const sizeOf = (value: Json): number => Buffer.byteLength(JSON.stringify(value));

function unknownVersion(asked: number, version: number): ConfigurationError {
  const message = `Nothing was changed: there is no version ${asked}; the newest is ${version}.`;
  return new ConfigurationError('version_unknown', message, { field: 'version' });
}

function reused(): ConfigurationError {
  const message = 'This Idempotency-Key belongs to another change. Give each change its own.';
  return new ConfigurationError('idempotency_key_reused', message, { field: 'idempotency-key' });
}
