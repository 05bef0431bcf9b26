import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Engine, type Answer } from './clickhouse-engine.mts';
import { assertKnown, readQuestion, Refusal, type Asked } from './clickhouse-request.mts';

/**
 * ClickHouse's HTTP interface in front of the chDB engine, as far as clients use it: statements and rows over POST,
 * parameters bound by the engine, settings, formats, compression, credentials, error texts and codes, cancellation when
 * the client of a reading that asks for it goes away. Answers are sent when they are complete, as with `wait_end_of_query=1`, so none breaks off.
 *
 * Started with the data folder and a port, 0 for any free one; the password comes in CLICKHOUSE_PASSWORD. Ends with the
 * process that started it.
 */
const [folder, port = '0'] = process.argv.slice(2);
const password = process.env['CLICKHOUSE_PASSWORD'];
if (folder === undefined || password === undefined) throw new Error('needs a data folder and CLICKHOUSE_PASSWORD');

const NEVER = new AbortController().signal;
const engine = new Engine(folder);
const version = engine.version;

const server = createServer((request, response) => void respond(request, response));
server.keepAliveTimeout = 10_000;
server.listen(Number(port), '127.0.0.1', () => {
  process.on('disconnect', () => process.exit(0));
  process.send?.({ type: 'listening', port: (server.address() as AddressInfo).port });
});

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://embedded');
  response.setHeader('X-ClickHouse-Server-Display-Name', 'embedded');
  response.setHeader('X-ClickHouse-Timezone', 'UTC');
  if (
    url.pathname === '/ping' ||
    (url.pathname === '/' && request.method === 'GET' && !url.searchParams.has('query'))
  ) {
    response.end('Ok.\n');
    return;
  }
  const queryId = url.searchParams.get('query_id') ?? randomUUID();
  response.setHeader('X-ClickHouse-Query-Id', queryId);
  try {
    assertKnown(request, url, password as string);
    const asked = await readQuestion(request, url);
    const answer = await engine.ask({
      ...asked,
      sql: withOurIds(asked.sql),
      id: queryId,
      signal: isGivenUpOnClose(asked) ? untilClosed(response) : NEVER,
    });
    await sendAnswer(url, request, response, asked, answer);
  } catch (error) {
    sendError(response, error);
  }
}

/** Clients kill by the id they gave; the engine knows that id as the question's comment. */
function withOurIds(sql: string): string {
  return /^\s*kill\s+query\s/i.test(sql) ? sql.replace(/\bquery_id\b/gi, "Settings['log_comment']") : sql;
}

/** A server works on, unless it may only read and the question says so itself. */
function isGivenUpOnClose({ settings }: Asked): boolean {
  const isOn = (name: string): boolean => !['0', undefined].includes(settings.get(name));
  return isOn('readonly') && isOn('cancel_http_readonly_queries_on_client_close');
}

function untilClosed(response: ServerResponse): AbortSignal {
  const closed = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) closed.abort(new Error('the client went away'));
  });
  return closed.signal;
}

async function sendAnswer(
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
  asked: Asked,
  answer: Answer,
): Promise<void> {
  const format = /\sformat\s+(\w+)\s*$/i.exec(asked.sql)?.[1] ?? asked.format;
  response.setHeader('X-ClickHouse-Format', format);
  response.setHeader('Content-Type', contentType(format));
  response.setHeader('X-ClickHouse-Summary', summary(answer));
  const wantsGzip =
    url.searchParams.get('enable_http_compression') === '1' &&
    /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  if (wantsGzip) response.setHeader('Content-Encoding', 'gzip');
  response.end(wantsGzip ? await promisify(gzip)(answer.bytes) : answer.bytes);
}

function summary(answer: Answer): string {
  return JSON.stringify({
    read_rows: String(answer.readRows),
    read_bytes: String(answer.readBytes),
    written_rows: String(answer.writtenRows),
    written_bytes: String(answer.writtenBytes),
    elapsed_ns: String(Math.round(answer.elapsedSeconds * 1e9)),
  });
}

function contentType(format: string): string {
  if (/^JSON.*EachRow/i.test(format)) return 'application/x-ndjson; charset=UTF-8';
  if (/^JSON/i.test(format)) return 'application/json; charset=UTF-8';
  if (/^CSV/i.test(format)) return 'text/csv; charset=UTF-8; header=absent';
  if (/^(TSV|TabSeparated)/i.test(format)) return 'text/tab-separated-values; charset=UTF-8';
  return 'text/plain; charset=UTF-8';
}

/** Statuses that ClickHouse itself gives to these codes; everything else is 500. */
const STATUS: Readonly<Record<number, number>> = {
  36: 400,
  41: 400,
  43: 400,
  46: 404,
  47: 404,
  48: 501,
  53: 400,
  57: 500,
  60: 404,
  62: 400,
  70: 400,
  72: 400,
  81: 404,
  82: 500,
  115: 404,
  159: 408,
  164: 500,
  241: 500,
  452: 500,
  456: 400,
  457: 400,
  497: 403,
  516: 403,
};

function sendError(response: ServerResponse, error: unknown): void {
  if (response.destroyed) return;
  const text = error instanceof Error ? error.message : String(error);
  const code = error instanceof Refusal ? error.code : Number(/Code: (\d+)\./.exec(text)?.[1] ?? 1002);
  response.statusCode = error instanceof Refusal ? error.status : (STATUS[code] ?? 500);
  response.setHeader('X-ClickHouse-Exception-Code', String(code));
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
  response.end(`${text.slice(Math.max(0, text.indexOf('Code: ')))} (version ${version} (official build))\n`);
}
