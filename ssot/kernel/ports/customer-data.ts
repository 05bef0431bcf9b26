import type { TenantId, UserId } from '../values/id';
import { vouchFor, type TenantContext } from '../values/tenant-context';
import type { Json } from '../values/thread-event';
import { sql, type Sql } from './transactions';

/** Whose data: a person's or, without one, the whole company's. */
export interface Subject {
  readonly tenantId: TenantId;
  readonly userId?: UserId;
}

/** How much of a subject's a place holds, in rows or keys. */
export interface PlaceCount {
  readonly place: string;
  readonly rows: number;
}

export interface ExportRecord {
  readonly place: string;
  readonly record: Json;
}

/** Met by every module that stores what customers wrote or were answered. Driven by state-persistence. */
export interface CustomerData {
  /** How the module is called where progress is shown; unique. */
  readonly name: string;
  /** Removes all of it. Broken off anywhere, it is repeated; done twice, it does nothing more. */
  erase(subject: Subject): Promise<void>;
  /** Looks at what is there now, place by place, whatever was removed before. */
  count(subject: Subject): Promise<readonly PlaceCount[]>;
  /** All of it, as the subject would read it. */
  export(subject: Subject): AsyncIterable<ExportRecord>;
}

/** For the rows of a subject under row-level security. It carries no permission, so no public operation takes it. */
export function contextOfSubject({ tenantId, userId }: Subject): TenantContext {
  return vouchFor({ tenantId, userId: userId ?? ('' as UserId), plan: 'free', permissions: [] });
}

/** Which rows are a subject's, where they say so in `tenant_id` and `user_id`. */
export function ofSubject({ tenantId, userId }: Subject): Sql {
  return userId === undefined ? sql`tenant_id = ${tenantId}` : sql`tenant_id = ${tenantId} and user_id = ${userId}`;
}

export function rowsIn(counts: readonly PlaceCount[]): number {
  return counts.reduce((sum, { rows }) => sum + rows, 0);
}
