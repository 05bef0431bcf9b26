import { IdError, keyPart } from '../id-manager';
import type { TenantContext, TenantId } from '../kernel';
import type { At, Scope, Topic } from './contract';
import { StateError } from './errors';

/** Stands for "none" or "everybody's"; no encoded part can be this. */
export const NONE = '~';
const NEEDS_ID: ReadonlySet<Scope> = new Set(['session', 'thread', 'run', 'device']);

/** Where an entry stands: `company` (key prefix), `owner` (person, or `~` for everybody's) and `name` below it. */
export interface Place {
  readonly company: string;
  readonly owner: string;
  /** `scope:id:kind:item` */
  readonly name: string;
}

export function placeOf(ctx: TenantContext, kind: { readonly scope: Scope; readonly name: string }, at: At): Place {
  const item = at.item === undefined ? NONE : part('item', at.item);
  return {
    company: company(ctx),
    owner: ownerOf(ctx, kind.scope),
    name: `${target(kind.scope, at.id)}:${part('kind', kind.name)}:${item}`,
  };
}

export function entryKey({ company, owner, name }: Place): string {
  return `${company}e:${owner}:${name}`;
}

/** `sm:{tenant}:`; the braces keep one company in one slot of a cluster. */
export function company({ tenantId }: Pick<TenantContext, 'tenantId'>): string {
  return `sm:{${part('tenantId', tenantId)}}:`;
}

export function tenantOf(company: string): TenantId {
  return decodeURIComponent(company.slice('sm:{'.length, -'}:'.length)) as TenantId;
}

export function ownerOf(ctx: TenantContext, scope: Scope): string {
  return scope === 'tenant' ? NONE : personPart(ctx.userId);
}

export function personPart(userId: string): string {
  return part('userId', userId);
}

/** `scope:id` */
export function target(scope: Scope, id: string | undefined): string {
  return `${scope}:${NEEDS_ID.has(scope) ? part('id', id ?? '') : absent(scope, id)}`;
}

/** Names of a kind begin with `start`; where the id is open, `middle` must follow it. */
export function nameStart(
  kind: { scope: Scope; name: string },
  id: string | undefined,
  itemPrefix = '',
): { start: string; middle: string } {
  const rest = `:${part('kind', kind.name)}:${itemPrefix === '' ? '' : part('itemPrefix', itemPrefix)}`;
  const isOpen = id === undefined && NEEDS_ID.has(kind.scope);
  return isOpen ? { start: `${kind.scope}:`, middle: rest } : { start: `${target(kind.scope, id)}${rest}`, middle: '' };
}

export function readName(name: string): { kind: string; at: At } {
  const [, id = NONE, kind = '', item = NONE] = name.split(':');
  return {
    kind: decodeURIComponent(kind),
    at: {
      ...(id === NONE ? {} : { id: decodeURIComponent(id) }),
      ...(item === NONE ? {} : { item: decodeURIComponent(item) }),
    },
  };
}

export function slotKey(ctx: TenantContext, pool: { scope: Scope; id?: string; name: string }): string {
  return `${company(ctx)}slot:${ownerOf(ctx, pool.scope)}:${target(pool.scope, pool.id)}:${part('name', pool.name)}`;
}

export function writeKey(ctx: TenantContext, writeId: string): string {
  return `${personPart(ctx.userId)}:${part('writeId', writeId)}`;
}

export function changeChannel(company: string, owner: string): string {
  return `${company}chg:${owner}`;
}

/** Everybody of the company who follows the same thread, run, session or device hears the same. */
export function hintChannel(topic: Topic): string {
  if ('platform' in topic) return `sm:${NONE}:hint:${part('platform', topic.platform)}`;
  const { ctx, scope, id } = topic;
  const about = scope === 'user' ? `user:${part('id', id ?? ctx.userId)}` : target(scope, id);
  return `${company(ctx)}hint:${about}`;
}

function absent(scope: Scope, id: string | undefined): string {
  if (id === undefined) return NONE;
  throw new StateError('state_invalid_key', `The scope "${scope}" is the context's own; leave id out.`, {
    field: 'id',
  });
}

function part(field: string, text: string): string {
  try {
    return keyPart(text);
  } catch (error) {
    if (!(error instanceof IdError)) throw error;
    throw new StateError('state_invalid_key', `${field} must have 1 to 128 characters of well-formed text.`, {
      field,
      cause: error,
    });
  }
}
