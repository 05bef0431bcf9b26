import { allows, type TenantContext, type UserId } from '../kernel';
import { z } from 'zod';
import type { ListQuery, Page, Scope, StateKind } from './contract';
import { entryOf, type Durable } from './durable';
import { StateError } from './errors';
import { company, nameStart, ownerOf, personPart, readName, target } from './keys';
import { isDurable } from './kinds';
import { ERASED_MS, LARGEST_PAGE, PAGE, PAGE_MARK_MS } from './limits';
import { CLEAR, LIST } from './scripts';
import { bearerOf, type Store } from './store';

const CLEAR_NEED = 'people:manage';
const answer = z.tuple([z.string()], z.array(z.string()));

/** Newest first by creation: an entry that changes while its list is read keeps its place, and so is listed once. */
export async function list<T>(
  { store, durable, now }: { store: Store; durable: Durable; now: () => number },
  ctx: TenantContext,
  kind: StateKind<T>,
  q: ListQuery,
): Promise<Page<T>> {
  const limit = q.limit ?? PAGE;
  if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_PAGE) {
    throw invalid('limit', `limit is a whole number from 1 to ${LARGEST_PAGE}`);
  }
  const { start, middle } = nameStart(kind, q.id, q.itemPrefix);
  const since = q.updatedSince?.getTime() ?? 0;
  const [inCompany, owner] = [company(ctx), ownerOf(ctx, kind.scope)];
  // A mark fits the person who was given it and the question it answered, and nothing else.
  const bearer = `page of ${bearerOf(ctx)} ${start} ${middle} ${since}`;
  const pageOf = (items: Page<T>['items'], next: string): Page<T> =>
    next === '' ? { items } : { items, cursor: store.seal.mark(bearer, [next, String(now() + PAGE_MARK_MS)]) };
  const from = q.cursor === undefined ? '+inf' : readMark(store, bearer, q.cursor, now());
  if (isDurable(kind)) {
    const found = await durable.page(ctx, {
      ...{ owner, start, middle, since: new Date(since), limit: limit + 1 },
      below: q.cursor === undefined ? null : Number(from),
    });
    const records = found.slice(0, limit);
    const items = await Promise.all(
      records.map(async (record) => ({
        at: readName(record.name).at,
        record: await store.open(kind, { company: inCompany, owner, name: record.name }, entryOf(record), 'warm'),
      })),
    );
    return pageOf(items, found.length > limit ? String(records.at(-1)?.order) : '');
  }
  const [next, ...rows] = answer.parse(await store.run(LIST, inCompany, [owner, start, middle, since, from, limit]));
  const items = await Promise.all(
    rows.map(async ([, name = '', ...entry]) => ({
      at: readName(name).at,
      record: await store.open(kind, { company: inCompany, owner, name }, entry),
    })),
  );
  return pageOf(items, next);
}

/** What lasts goes first: whatever fails afterwards, a repeat finds the rest. */
export async function clear(
  { store, durable }: { store: Store; durable: Durable },
  ctx: TenantContext,
  what: { readonly scope: Scope; readonly id: string } | { readonly person: UserId },
): Promise<{ removed: number }> {
  const isPerson = 'person' in what;
  if (isPerson && what.person !== ctx.userId && !allows(ctx, CLEAR_NEED)) {
    throw new StateError(
      'state_forbidden',
      `Clearing somebody else's state needs the permission "${CLEAR_NEED}". Ask an administrator for it.`,
    );
  }
  const owner = isPerson ? personPart(what.person) : ownerOf(ctx, what.scope);
  const start = isPerson ? '' : `${target(what.scope, what.id)}:`;
  const lasting = await durable.clear(ctx, owner, start, isPerson);
  const values = [owner, start, isPerson ? 'erase' : '', ERASED_MS];
  return { removed: lasting + Number(await store.run(CLEAR, company(ctx), values)) };
}

function readMark(store: Store, bearer: string, mark: string, now: number): string {
  const [from, until] = store.seal.readMark(bearer, mark) ?? [];
  if (from === undefined) throw invalid('cursor', 'The page mark is altered, or not of this person and this list');
  if (Number(until) <= now) throw invalid('cursor', 'The page mark is older than 15 minutes');
  return from;
}

function invalid(field: string, what: string): StateError {
  return new StateError('state_invalid_query', `${what}. List again from the start.`, { field });
}
