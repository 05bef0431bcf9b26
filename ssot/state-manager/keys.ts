import { IdError, keyPart } from '../id-manager';
import type { TenantContext, TenantId } from '../kernel';
import type { At, Scope, Topic } from './contract';
import { StateError } from './errors';

/** Stands for "none" or "everybody's"; no encoded part can be this. */
export const NONE = '~';
const NEEDS_ID: ReadonlySet<Scope> = new Set(['session', 'thread', 'run', 'device']);

/** Which entry: `tenant` (key prefix), `owner` (user, or `~` for what the tenant shares) and `name` below it. */
export interface EntryKey {
  readonly tenant: string;
  readonly owner: string;
  /** `scope:id:kind:item` */
  readonly name: string;
}

/** Throws StateError (state_invalid_key) with the part at fault. */
export function keyOf(ctx: TenantContext, kind: { readonly scope: Scope; readonly name: string }, at: At): EntryKey {
  const item = at.item === undefined ? NONE : part('item', at.item);
  return {
    tenant: tenantPrefix(ctx),
    owner: ownerOf(ctx, kind.scope),
    name: `${targetPart(kind.scope, at.id)}:${part('kind', kind.name)}:${item}`,
  };
}

export function redisKey({ tenant, owner, name }: EntryKey): string {
  return `${tenant}e:${owner}:${name}`;
}

/** `sm:{tenant}:`; the braces keep one tenant in one slot of a cluster. */
export function tenantPrefix({ tenantId }: Pick<TenantContext, 'tenantId'>): string {
  return `sm:{${part('tenantId', tenantId)}}:`;
}

export function tenantIdOf(prefix: string): TenantId {
  return decodeURIComponent(prefix.slice('sm:{'.length, -'}:'.length)) as TenantId;
}

export function ownerOf(ctx: TenantContext, scope: Scope): string {
  return scope === 'tenant' ? NONE : userPart(ctx.userId);
}

export function userPart(userId: string): string {
  return part('userId', userId);
}

/** `scope:id` */
export function targetPart(scope: Scope, id: string | undefined): string {
  return `${scope}:${NEEDS_ID.has(scope) ? part('id', id ?? '') : noId(scope, id)}`;
}

/** Names of a kind begin with `start`; where the id is open, `middle` must follow it. */
export function nameStart(
  kind: { scope: Scope; name: string },
  id: string | undefined,
  itemPrefix = '',
): { start: string; middle: string } {
  const rest = `:${part('kind', kind.name)}:${itemPrefix === '' ? '' : part('itemPrefix', itemPrefix)}`;
  const isOpen = id === undefined && NEEDS_ID.has(kind.scope);
  return isOpen
    ? { start: `${kind.scope}:`, middle: rest }
    : { start: `${targetPart(kind.scope, id)}${rest}`, middle: '' };
}

/** The place within its kind of an entry's name. */
export function atOf(name: string): At {
  const [, id = NONE, , item = NONE] = name.split(':');
  return {
    ...(id === NONE ? {} : { id: decodeURIComponent(id) }),
    ...(item === NONE ? {} : { item: decodeURIComponent(item) }),
  };
}

export function slotKey(ctx: TenantContext, pool: { scope: Scope; id?: string; name: string }): string {
  const target = targetPart(pool.scope, pool.id);
  return `${tenantPrefix(ctx)}slot:${ownerOf(ctx, pool.scope)}:${target}:${part('name', pool.name)}`;
}

export function writeKey(ctx: TenantContext, writeId: string): string {
  return `${userPart(ctx.userId)}:${part('writeId', writeId)}`;
}

/** Everybody of the tenant who listens for the same thread, run, session or device hears the same. */
export function hintChannel(topic: Topic): string {
  if ('platform' in topic) return `sm:${NONE}:hint:${part('platform', topic.platform)}`;
  const { ctx, scope, id } = topic;
  const about = scope === 'user' ? `user:${part('id', id ?? ctx.userId)}` : targetPart(scope, id);
  return `${tenantPrefix(ctx)}hint:${about}`;
}

function noId(scope: Scope, id: string | undefined): string {
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
