import type { Socket } from 'node:net';
import pg from 'pg';
import type { ZodType } from 'zod';
import type { Clock, Sql, Transaction, TransactionOptions } from '../../kernel';
import { commitUnknown, DatabaseError } from '../errors';
import { classify, isContention, isStale } from '../failures';

const ISOLATION = {
  'read committed': 'READ COMMITTED',
  'repeatable read': 'REPEATABLE READ',
  serializable: 'SERIALIZABLE',
} as const;
/** The protocol counts parameters in 16 bits; the driver would wrap round silently. */
const MAX_PARAMETERS = 65_535;
const MAX_TRANSACTION_MS = 120_000;
const DEFAULT_TRANSACTION_MS = 30_000;

/** Transaction-local settings that the row policies read. */
export type SessionSettings = readonly (readonly [name: string, value: string])[];

/** How far a transaction came; decides whether it may be done again. */
export interface Progress {
  touched: boolean;
  committing: boolean;
  /** A statement met a serialisation failure or deadlock, whatever the body made of it. */
  contended: boolean;
  /** The connection holds a statement that the schema has left behind. */
  stale: boolean;
}

/**
 * One transaction on one connection: begin, say who asks, body, commit; undone in every other case. A connection whose
 * undo failed is never lent again. The transaction's handle refuses everything after the end, so that a promise that was
 * forgotten inside cannot run in the next borrower's transaction.
 */
export async function runTransaction<T>(
  client: pg.PoolClient,
  settings: SessionSettings,
  body: (tx: Transaction) => Promise<T>,
  options: TransactionOptions,
  ports: { readonly clock: Clock; readonly stop: AbortSignal },
  progress: Progress,
): Promise<{ result: T; after: readonly (() => void)[] }> {
  const handle = new TransactionHandle(client, progress);
  const limitMs = Math.min(options.limitMs ?? DEFAULT_TRANSACTION_MS, MAX_TRANSACTION_MS);
  let cut: DatabaseError | undefined;
  const cutOff = (reason: DatabaseError): void => {
    cut ??= reason;
    // Ends the session: the server undoes the transaction as soon as it notices, at the latest with its statement limit.
    handle.cutOff(cut);
  };
  using _limit = ports.clock.after(limitMs, () =>
    cutOff(
      new DatabaseError(
        'database_time_limit',
        `The work took longer than ${limitMs} ms; nothing was saved. Try again.`,
      ),
    ),
  );
  const onStop = (): void => cutOff(ports.stop.reason as DatabaseError);
  ports.stop.addEventListener('abort', onStop, { once: true });
  try {
    // What the work says before it waits for anything leaves together with the beginning.
    const begun = begin(client, settings, options, progress);
    const working = body(handle);
    const sentAlong = options.commitAlong === true ? commitAlong(client, handle, progress) : undefined;
    const [, result] = await handle.orCutOff(Promise.all([begun, working]));
    handle.end();
    if (handle.failed !== undefined) throw classify(handle.failed) as Error;
    if (options.readOnly === true && options.isolation !== 'serializable') {
      // Nothing can be refused any more. Who borrows the connection next is served after it; one that breaks is dropped.
      client.query('COMMIT').catch(() => undefined);
      return { result, after: handle.after };
    }
    progress.committing = true;
    const answer = await (sentAlong ?? client.query('COMMIT'));
    if (handle.failed !== undefined) throw classify(handle.failed) as Error;
    // A commit after a failed statement is answered "ROLLBACK", without an error.
    if (answer.command !== 'COMMIT')
      throw new DatabaseError('database_undone', 'A part of the work failed, so nothing was saved.');
    return { result, after: handle.after };
  } catch (error) {
    handle.end();
    // What was sent may land after nobody waits for it any more.
    if (cut !== undefined) throw progress.committing ? commitUnknown(cut) : cut;
    throw handle.unheard === undefined ? error : classify(handle.unheard);
  } finally {
    ports.stop.removeEventListener('abort', onStop);
  }
}

/** In the packet of what the body has sent until here. The server undoes it where one of these statements has failed. */
function commitAlong(client: pg.PoolClient, handle: TransactionHandle, progress: Progress): Promise<pg.QueryResult> {
  handle.end();
  progress.committing = true;
  const answer = client.query('COMMIT');
  // Whoever does not get as far as waiting for it has failed with a reason of its own.
  answer.catch(() => undefined);
  return answer;
}

/** Begins, and says who asks. Statements sent meanwhile find nobody's rows if that fails. */
async function begin(
  client: pg.PoolClient,
  settings: SessionSettings,
  options: TransactionOptions,
  progress: Progress,
): Promise<void> {
  const isolation = ISOLATION[options.isolation ?? 'read committed'];
  const named = settings.map(
    ([name, value]) => `set_config(${pg.escapeLiteral(name)}, ${pg.escapeLiteral(value)}, true)`,
  );
  leaveTogether(client);
  try {
    // One message for both, because every message is answered by a packet of its own.
    await client.query(
      `BEGIN ISOLATION LEVEL ${isolation}${options.readOnly === true ? ' READ ONLY' : ''}; select ${named.join(', ')}`,
    );
  } catch (error) {
    progress.touched = false;
    throw error;
  }
}

/** Whatever is sent from now until this process next waits travels as one. */
function leaveTogether(client: pg.PoolClient): void {
  const { stream } = inner(client);
  stream.cork();
  process.nextTick(() => stream.uncork());
}

/** As many texts are kept prepared on each connection; whatever is put together anew each time does not pile up there. */
const MAX_PREPARED = 500;
const names = new Map<string, string>();

/** Understood by the server once on each connection, and from then on called by name. */
function prepared(text: string, values: readonly unknown[]): pg.QueryConfig {
  let name = names.get(text);
  if (name === undefined && names.size < MAX_PREPARED) names.set(text, (name = `statement_${names.size}`));
  return { text, values: [...values], ...(name !== undefined && { name }) };
}

/** The driver's types leave out `connection`, which every client has. */
function inner(client: pg.PoolClient): { readonly stream: Socket } {
  return (client as unknown as { connection: { stream: Socket } }).connection;
}

class TransactionHandle implements Transaction {
  readonly after: (() => void)[] = [];
  /** The first statement that failed: the server refuses everything after it, so the transaction cannot land any more. */
  failed: unknown;
  /** Why a statement failed for whose answer nobody waited. */
  unheard: unknown;
  readonly #cut = Promise.withResolvers<never>();
  #ended = false;

  constructor(
    private readonly client: pg.PoolClient,
    private readonly progress: Progress,
  ) {
    // Only a transaction that is cut off listens to it.
    this.#cut.promise.catch(() => undefined);
  }

  async query<R>(statement: Sql, row: ZodType<R>): Promise<readonly R[]> {
    const { rows } = await this.#send(statement);
    return rows.map((found: unknown) => {
      const read = row.safeParse(found);
      if (read.success) return read.data;
      const issue = read.error.issues[0];
      const field = issue?.path.join('.') ?? '';
      throw new DatabaseError(
        'database_row_invalid',
        `A stored row is not of the expected shape at "${field}": ${issue?.message}.`,
        { field },
      );
    });
  }

  async execute(statement: Sql): Promise<{ rows: number }> {
    const { rowCount } = await this.#send(statement);
    return { rows: rowCount ?? 0 };
  }

  send(statement: Sql): void {
    leaveTogether(this.client);
    this.#send(statement).catch((error: unknown) => (this.unheard ??= error));
  }

  afterCommit(then: () => void): void {
    this.#assertOpen();
    this.after.push(then);
  }

  end(): void {
    this.#ended = true;
  }

  orCutOff<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#cut.promise]);
  }

  cutOff(reason: DatabaseError): void {
    this.#ended = true;
    this.#cut.reject(reason);
    // The pool drops what is released as broken.
    inner(this.client).stream.destroy();
  }

  async #send(statement: Sql): Promise<pg.QueryResult> {
    this.#assertOpen();
    if (statement.values.length > MAX_PARAMETERS) {
      throw new DatabaseError(
        'database_value_invalid',
        `A statement has ${statement.values.length} values, ${MAX_PARAMETERS} are possible. Send lists as arrays.`,
      );
    }
    this.progress.touched = true;
    try {
      return await this.client.query(prepared(statement.text, statement.values));
    } catch (error) {
      this.failed ??= error;
      if (isContention(error)) this.progress.contended = true;
      if (isStale(error)) this.progress.stale = true;
      throw classify(error);
    }
  }

  #assertOpen(): void {
    if (this.#ended)
      throw new DatabaseError(
        'database_closed',
        'This transaction is over; nothing was sent. Await all work inside the transaction.',
      );
  }
}
