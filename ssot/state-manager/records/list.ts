import { z } from 'zod';
import type { TenantContext } from '../../kernel';
import type { ListQuery, Page, StateKind, StateRecord } from '../contract';
import type { DurableRecords } from '../durable/durable-records';
import { StateError } from '../errors';
import { atOf, nameStart, ownerOf, tenantPrefix } from '../keys';
import { isDurable } from '../kinds';
import { CURSOR_TTL_MS, MAX_PAGE_SIZE, PAGE_SIZE } from '../limits';
import { LIST } from './record-scripts';
import type { RecordStore, StoredEntry } from './record-store';

/** Where the next page goes on; then order, name and fields of each entry. */
const answer = z.tuple([z.string()], z.tuple([z.string(), z.string()], z.string()));

/** What both stores are asked. */
interface Question {
  readonly owner: string;
  readonly start: string;
  readonly middle: string;
  readonly since: Date;
  readonly limit: number;
  /** Undefined on the first page. */
  readonly from: string | undefined;
}
interface Answer {
  readonly rows: readonly { readonly name: string; readonly entry: StoredEntry }[];
  /** Where the next page goes on; undefined on the last one. */
  readonly next: string | undefined;
}

/** Newest first by creation: an entry that changes while its list is read keeps its place, and so is listed once. */
export async function list<T>(
  deps: { readonly store: RecordStore; readonly durable: DurableRecords; readonly now: () => number },
  ctx: TenantContext,
  kind: StateKind<T>,
  { id, itemPrefix, updatedSince = new Date(0), limit = PAGE_SIZE, cursor }: ListQuery,
): Promise<Page<T>> {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE_SIZE) {
    throw invalid('limit', `limit is a whole number from 1 to ${MAX_PAGE_SIZE}`);
  }
  const { store, durable } = deps;
  const { start, middle } = nameStart(kind, id, itemPrefix);
  const owner = ownerOf(ctx, kind.scope);
  // A cursor fits the user who was given it and the question it answered, and nothing else.
  const bearer = `page of ${ctx.tenantId} ${ctx.userId} ${start} ${middle} ${updatedSince.getTime()}`;
  const from = cursor === undefined ? undefined : readCursor(store, bearer, cursor, deps.now());
  const question = { owner, start, middle, since: updatedSince, limit, from };
  const isWarm = isDurable(kind);
  const { rows, next } = await (isWarm ? durable.page(ctx, question) : listVolatile(store, ctx, question));
  const open = (name: string, entry: StoredEntry): Promise<StateRecord<T>> =>
    store.open(kind, { tenant: tenantPrefix(ctx), owner, name }, entry, isWarm ? 'warm' : 'hot');
  const items = await Promise.all(
    rows.map(async ({ name, entry }) => ({ at: atOf(name), record: await open(name, entry) })),
  );
  if (next === undefined) return { items };
  return { items, cursor: store.seal.signCursor(bearer, [next, String(deps.now() + CURSOR_TTL_MS)]) };
}

async function listVolatile(store: RecordStore, ctx: TenantContext, q: Question): Promise<Answer> {
  const values = [q.owner, q.start, q.middle, q.since.getTime(), q.from ?? '+inf', q.limit];
  const [next, ...rows] = answer.parse(await store.run(LIST, tenantPrefix(ctx), values));
  return {
    rows: rows.map(([, name, ...entry]) => ({ name, entry })),
    next: next === '' ? undefined : next,
  };
}

function readCursor(store: RecordStore, bearer: string, cursor: string, now: number): string {
  const [from, until] = store.seal.readCursor(bearer, cursor) ?? [];
  if (from === undefined) throw invalid('cursor', 'The cursor is altered, or not of this user and this list');
  if (Number(until) <= now) throw invalid('cursor', 'The cursor is older than 15 minutes');
  return from;
}

function invalid(field: string, what: string): StateError {
  return new StateError('state_invalid_query', `${what}. List again from the start.`, { field });
}
