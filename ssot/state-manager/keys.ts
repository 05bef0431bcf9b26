import { IdError, keyPart } from '../id-manager';
import type { TenantContext } from '../kernel';
import type { At, Scope, Topic } from './contract';
import { StateError } from './errors';

/** Stands for "none" or "everybody's"; no encoded part can be this. */
const NONE = '~';
const NEEDS_ID: ReadonlySet<Scope> = new Set(['session', 'thread', 'run', 'device']);

/** `sm:{tenant}:e:<person>:<scope>:<id>:<kind>:<item>`; the braces keep one company in one slot of a cluster. */
export function entryKey(ctx: TenantContext, scope: Scope, kind: string, at: At): string {
  const id = NEEDS_ID.has(scope) ? part('id', at.id ?? '') : absent(scope, at.id);
  const item = at.item === undefined ? NONE : part('item', at.item);
  return `${company(ctx)}:e:${person(ctx, scope)}:${scope}:${id}:${part('kind', kind)}:${item}`;
}

export function slotKey(ctx: TenantContext, pool: { scope: Scope; id?: string; name: string }): string {
  const id = NEEDS_ID.has(pool.scope) ? part('id', pool.id ?? '') : absent(pool.scope, pool.id);
  return `${company(ctx)}:slot:${person(ctx, pool.scope)}:${pool.scope}:${id}:${part('name', pool.name)}`;
}

/** Everybody of the company who follows the same thread, run, session or device hears the same. */
export function hintChannel(topic: Topic): string {
  if ('platform' in topic) return `sm:${NONE}:hint:${part('platform', topic.platform)}`;
  const { ctx, scope, id } = topic;
  const about = NEEDS_ID.has(scope)
    ? part('id', id ?? '')
    : scope === 'user'
      ? part('id', id ?? ctx.userId)
      : absent(scope, id);
  return `${company(ctx)}:hint:${scope}:${about}`;
}

function company(ctx: TenantContext): string {
  return `sm:{${part('tenantId', ctx.tenantId)}}`;
}

function person(ctx: TenantContext, scope: Scope): string {
  return scope === 'tenant' ? NONE : part('userId', ctx.userId);
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
