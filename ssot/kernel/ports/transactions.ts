import sql, { type Sql } from 'sql-template-tag';
import type { ZodType } from 'zod';
import type { TenantContext } from '../values/tenant-context';

export { empty as emptySql, join as joinSql, type Sql } from 'sql-template-tag';
export { sql };

/** database-manager's unit of work, as every other module sees it. */
export interface Transactions {
  /** One turn on behalf of one company: everything in it lands, or nothing. Row-level security is set to `ctx`. */
  transaction<T>(ctx: TenantContext, body: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** A turn before a tenant is known (sign-in) or across tenants (relays); only tables granted to services. */
  asService<T>(who: ServicePrincipal, body: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
}

export interface Transaction {
  /** Runs a statement made by the `sql` tag (values always travel as parameters) and checks every row's shape. */
  query<R>(statement: Sql, row: ZodType<R>): Promise<readonly R[]>;
  execute(statement: Sql): Promise<{ rows: number }>;
  /** Runs it in its place without waiting for an answer. If it fails, so does the whole turn, with that reason. */
  send(statement: Sql): void;
  /** Runs after the commit, never after an undo; failures are logged and do not undo what landed. */
  afterCommit(then: () => void): void;
}

export interface TransactionOptions {
  isolation?: 'read committed' | 'repeatable read' | 'serializable';
  readOnly?: boolean;
  /** The whole turn, milliseconds; default 30,000. */
  limitMs?: number;
  /**
   * The commit leaves with what the body sends before it first waits, which saves a round trip: for writes of one statement. Nothing can be
   * sent afterwards, nothing that the body makes of the answers undoes it, and a connection that breaks leaves the outcome unknown.
   */
  commitAlong?: boolean;
}

declare const sealed: unique symbol;
/** Made in the composition root only, never parsed from text. */
export interface ServicePrincipal {
  readonly name: string;
  /** So many connections of its own: it waits for nobody else's work, nor anybody for its. Without, services share a few. */
  readonly connections?: number;
  readonly [sealed]: true;
}
export function servicePrincipal(name: string, more: { readonly connections?: number } = {}): ServicePrincipal {
  return Object.freeze({ name, ...more }) as ServicePrincipal;
}

/** One step of a module's schema, handed to database-manager as data and applied exactly once, in order of name. */
export interface SchemaChange {
  /** `<module>/<four digits>-<what>`, never changed after release. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of texts that stood here before, hexadecimal. They lead to the same schema; where one was applied, this is done. */
  readonly formerly?: readonly string[];
}

/**
 * One at a time: waits for whichever transaction, on any instance, holds the lock of this name, and holds it until its own is over.
 * Two names rarely share a number; then one waits without need.
 */
export function lockOf(name: string): Sql {
  return sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`;
}
