import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import { Session } from 'chdb';

/** What the engine is asked in one request. Like ClickHouse's HTTP interface, requests share data and nothing else. */
export interface Question {
  readonly id: string;
  readonly sql: string;
  /** Rows that follow an INSERT, in the format it names; null when there are none. */
  readonly rows: Buffer | null;
  readonly database: string;
  /** Format of the answer when the statement names none. */
  readonly format: string;
  readonly settings: ReadonlyMap<string, string>;
  /** As they travel: escaped the way TabSeparated escapes. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly bytes: Uint8Array;
  readonly readRows: number;
  readonly readBytes: number;
  readonly writtenRows: number;
  readonly writtenBytes: number;
  readonly elapsedSeconds: number;
}

const KILL_AGAIN_MS = 100;

/**
 * How soon the engine looks again whether a rewrite has become due. Its own values, up to 1.1 s each time and a second time
 * for each rewrite, are for servers with thousands of tables; here they would be most of what an erasure takes.
 *
 * @see https://github.com/ClickHouse/ClickHouse/blob/master/src/Storages/MergeTree/BackgroundJobsAssignee.h
 */
const LOOKS_SOON = [
  '--background_processing_pool_thread_sleep_seconds_if_nothing_to_do=0.02',
  '--background_processing_pool_task_sleep_seconds_when_no_work_random_part=0.02',
];

interface Native {
  /** The first connection of a process starts the engine, with these settings of a server. */
  CreateConnection(folder: string, settings: readonly string[]): unknown;
  InsertRawAsyncConnection(
    connection: unknown,
    prefix: string,
    rows: Buffer,
    countLines: boolean,
  ): Promise<{ rowsWritten: number; bytesWritten: number; elapsed: number }>;
}

// The package's own insert() takes a table and one of a few formats; the binding beneath it takes any INSERT statement
// and any bytes. The exact version is pinned in package.json.
const native = (
  createRequire(createRequire(import.meta.url).resolve('chdb'))('./dist/loader.js') as { loadNative(): Native }
).loadNative();

/** The chDB engine on one data folder. Every question gets a connection of its own (2 ms), so none sees another's settings. */
export class Engine {
  readonly #folder: string;
  readonly #startsTheEngine: unknown;
  readonly #keepsTheDataOpen: Session;

  constructor(folder: string) {
    this.#folder = folder;
    this.#startsTheEngine = native.CreateConnection(folder, LOOKS_SOON);
    this.#keepsTheDataOpen = new Session(folder);
    this.#keepsTheDataOpen.query('create database if not exists specs');
  }

  get version(): string {
    return this.#keepsTheDataOpen.query('select version()', 'TSV').trim();
  }

  async ask(question: Question): Promise<Answer> {
    const session = new Session(this.#folder);
    const over = new AbortController();
    const stop = (): void => void this.#killUntil(over.signal, question.id);
    try {
      await this.#prepare(session, question);
      question.signal.throwIfAborted();
      question.signal.addEventListener('abort', stop, { once: true });
      return await (question.rows === null ? select(session, question) : insert(session, question.sql, question.rows));
    } finally {
      question.signal.removeEventListener('abort', stop);
      over.abort();
      session.close();
    }
  }

  /** More than once, because the engine may not know the question yet. */
  async #killUntil(over: AbortSignal, id: string): Promise<void> {
    while (!over.aborted) {
      await this.kill(id);
      await pause(KILL_AGAIN_MS);
    }
  }

  /** Stops the question with this id wherever it stands. The engine gives its own ids, so ours travels as its comment. */
  async kill(id: string): Promise<void> {
    const session = new Session(this.#folder);
    try {
      await session.queryAsync(`kill query where Settings['log_comment'] = ${literal(id)} async`);
    } finally {
      session.close();
    }
  }

  /** One round trip into the engine for the database, the settings and the parameters. */
  async #prepare(session: Session, { id, database, settings, parameters }: Question): Promise<void> {
    const values = new Map([...settings, ['log_comment', id]]);
    for (const [name, value] of parameters) values.set(`param_${name}`, value);
    // Last, because afterwards nothing can be set any more.
    const last = ['readonly'].flatMap((name) => (values.has(name) ? [[name, values.get(name) ?? ''] as const] : []));
    values.delete('readonly');
    const assign = ([name, value]: readonly [string, string]): string => `${identifier(name)} = ${literal(value)}`;
    const statements = [
      ...(database === '' ? [] : [`use ${identifier(database)}`]),
      `set ${[...values].map(assign).join(', ')}`,
      ...last.map((each) => `set ${assign(each)}`),
    ];
    await session.queryAsync(statements.join('; '));
  }
}

async function select(session: Session, { sql, format }: Question): Promise<Answer> {
  const result = await session.queryAsync(sql, { format });
  return {
    bytes: result.bytes(),
    readRows: result.rowsRead,
    readBytes: result.bytesRead,
    writtenRows: 0,
    writtenBytes: 0,
    elapsedSeconds: result.elapsed,
  };
}

async function insert(session: Session, sql: string, rows: Buffer): Promise<Answer> {
  const written = await native.InsertRawAsyncConnection(session.connection, `${sql}\n`, rows, false);
  return {
    bytes: new Uint8Array(),
    readRows: written.rowsWritten,
    readBytes: rows.length,
    writtenRows: written.rowsWritten,
    writtenBytes: written.bytesWritten,
    elapsedSeconds: written.elapsed,
  };
}

function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function identifier(text: string): string {
  return `\`${text.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}
