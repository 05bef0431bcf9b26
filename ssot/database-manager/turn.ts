import type pg from 'pg';
import type { ZodType } from 'zod';
import type { Clock, Sql, Transaction, TransactionOptions } from '../kernel';
import { DatabaseError } from './errors';
import { classify, isContention } from './failures';

const ISOLATION = {
  'read committed': 'READ COMMITTED',
  'repeatable read': 'REPEATABLE READ',
  serializable: 'SERIALIZABLE',
} as const;
/** The protocol counts parameters in 16 bits; the driver would wrap round silently. */
const MOST_PARAMETERS = 65_535;
const LONGEST_TURN_MS = 120_000;
const USUAL_TURN_MS = 30_000;

/** Transaction-local settings that the row policies read. */
export type TurnSettings = readonly (readonly [name: string, value: string])[];

/** How far a turn came; decides whether it may be done again. */
export interface Progress {
  touched: boolean;
  committing: boolean;
  /** A statement met a serialisation failure or deadlock, whatever the body made of it. */
  contended: boolean;
}

/**
 * One transaction on one connection: begin, say who asks, body, commit; undone in every other case. A connection whose
 * undo failed is never lent again. The turn's handle refuses everything after the end, so that a promise that was
 * forgotten inside cannot run in the next borrower's transaction.
 */
export async function runTurn<T>(
  client: pg.PoolClient,
  settings: TurnSettings,
  body: (tx: Transaction) => Promise<T>,
  options: TransactionOptions,
  ports: { readonly clock: Clock; readonly stop: AbortSignal },
  progress: Progress,
): Promise<{ result: T; after: readonly (() => void)[] }> {
  const handle = new TurnHandle(client, progress);
  const limitMs = Math.min(options.limitMs ?? USUAL_TURN_MS, LONGEST_TURN_MS);
  let cut: DatabaseError | undefined;
  const cutOff = (reason: DatabaseError): void => {
    cut ??= reason;
    // Ends the session: the server undoes the turn as soon as it notices, at the latest with its statement limit.
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
    await client.query(beginning(options));
    const { text, values } = announcement(settings);
    await client.query(text, values);
    const result = await handle.orCutOff(body(handle));
    handle.end();
    if (handle.failed !== undefined) throw classify(handle.failed) as Error;
    progress.committing = true;
    const answer = await client.query('COMMIT');
    // A commit after a failed statement is answered "ROLLBACK", without an error.
    if (answer.command !== 'COMMIT')
      throw new DatabaseError('database_undone', 'A part of the work failed, so nothing was saved.');
    return { result, after: handle.after };
  } catch (error) {
    handle.end();
    throw cut ?? error;
  } finally {
    ports.stop.removeEventListener('abort', onStop);
  }
}

function beginning(options: TransactionOptions): string {
  const isolation = ISOLATION[options.isolation ?? 'read committed'];
  return `BEGIN ISOLATION LEVEL ${isolation}${options.readOnly === true ? ' READ ONLY' : ''}`;
}

function announcement(settings: TurnSettings): { text: string; values: string[] } {
  const calls = settings.map((_, i) => `set_config($${2 * i + 1}, $${2 * i + 2}, true)`);
  return { text: `select ${calls.join(', ')}`, values: settings.flat() };
}

class TurnHandle implements Transaction {
  readonly after: (() => void)[] = [];
  /** The first statement that failed: the server refuses everything after it, so the turn cannot land any more. */
  failed: unknown;
  readonly #cut = Promise.withResolvers<never>();
  #ended = false;

  constructor(
    private readonly client: pg.PoolClient,
    private readonly progress: Progress,
  ) {
    // Only a turn that is cut off listens to it.
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
    // The driver's types leave out `connection`, which every client has. The pool drops what is released as broken.
    (this.client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }

  async #send(statement: Sql): Promise<pg.QueryResult> {
    this.#assertOpen();
    if (statement.values.length > MOST_PARAMETERS) {
      throw new DatabaseError(
        'database_value_invalid',
        `A statement has ${statement.values.length} values, ${MOST_PARAMETERS} are possible. Send lists as arrays.`,
      );
    }
    this.progress.touched = true;
    try {
      return await this.client.query(statement.text, statement.values);
    } catch (error) {
      this.failed ??= error;
      if (isContention(error)) this.progress.contended = true;
      throw classify(error);
    }
  }

  #assertOpen(): void {
    if (this.#ended)
      throw new DatabaseError(
        'database_closed',
        'This turn is over; nothing was sent. Await all work inside the turn.',
      );
  }
}
