import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, inflate, zstdDecompress } from 'node:zlib';

/** What a client asked over ClickHouse's HTTP interface, read but not yet answered. */
export interface Asked {
  readonly sql: string;
  readonly rows: Buffer | null;
  readonly database: string;
  readonly format: string;
  readonly queryId: string | null;
  readonly settings: ReadonlyMap<string, string>;
  readonly parameters: ReadonlyMap<string, string>;
}

/** A refusal by the endpoint itself, in ClickHouse's terms. */
export class Refusal extends Error {
  readonly code: number;
  readonly status: number;

  constructor(status: number, code: number, name: string, text: string) {
    super(`Code: ${code}. DB::Exception: ${text} (${name})`);
    this.status = status;
    this.code = code;
  }
}

/** Parameters of the interface itself; every other one is a setting of the question. */
const OF_THE_INTERFACE = new Set([
  ...['query', 'database', 'default_format', 'query_id', 'user', 'password', 'quota_key', 'role', 'session_id'],
  ...['session_timeout', 'session_check', 'wait_end_of_query', 'buffer_size', 'enable_http_compression', 'compress'],
  ...[
    'decompress',
    'send_progress_in_http_headers',
    'http_headers_progress_interval_ms',
    'log_comment',
    'client_protocol_version',
  ],
]);

export function assertKnown(request: IncomingMessage, url: URL, password: string): void {
  const given = credentials(request, url);
  const isRight = given.user === 'default' && sameText(given.password, password);
  if (isRight) return;
  throw new Refusal(
    403,
    516,
    'AUTHENTICATION_FAILED',
    `${given.user}: Authentication failed: password is incorrect, or there is no user with such name.`,
  );
}

function credentials(request: IncomingMessage, url: URL): { user: string; password: string } {
  const basic = /^Basic (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (basic !== undefined) {
    const [user = '', ...password] = Buffer.from(basic, 'base64').toString('utf8').split(':');
    return { user, password: password.join(':') };
  }
  const header = (name: string): string | undefined => request.headers[name] as string | undefined;
  return {
    user: header('x-clickhouse-user') ?? url.searchParams.get('user') ?? 'default',
    password: header('x-clickhouse-key') ?? url.searchParams.get('password') ?? '',
  };
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

export async function readQuestion(request: IncomingMessage, url: URL): Promise<Asked> {
  const body = await readBody(request);
  const inUrl = url.searchParams.get('query');
  const { sql, rows } = inUrl === null ? inBody(body) : apart(inUrl, body);
  if (sql.trim() === '') throw new Refusal(400, 62, 'SYNTAX_ERROR', 'Empty query.');
  if (url.searchParams.has('session_id')) {
    throw new Refusal(501, 48, 'NOT_IMPLEMENTED', 'The embedded ClickHouse keeps no sessions between requests.');
  }
  const settings = new Map<string, string>();
  const parameters = new Map<string, string>();
  for (const [name, value] of url.searchParams) {
    if (name.startsWith('param_')) parameters.set(name.slice('param_'.length), value);
    else if (!OF_THE_INTERFACE.has(name)) settings.set(name, value);
  }
  // ClickHouse's own rule: GET never changes anything.
  if (request.method === 'GET' && !settings.has('readonly')) settings.set('readonly', '2');
  const database = url.searchParams.get('database') ?? request.headers['x-clickhouse-database'] ?? 'default';
  const format = url.searchParams.get('default_format') ?? request.headers['x-clickhouse-format'] ?? 'TabSeparated';
  return {
    sql: sql.replace(/;\s*$/, ''),
    rows,
    database: String(database),
    format: String(format),
    queryId: url.searchParams.get('query_id'),
    settings,
    parameters,
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  switch (request.headers['content-encoding']) {
    case undefined:
    case 'identity':
      return body;
    case 'gzip':
      return promisify(gunzip)(body);
    case 'deflate':
      return promisify(inflate)(body);
    case 'zstd':
      return promisify(zstdDecompress)(body);
    default:
      throw new Refusal(
        400,
        89,
        'UNKNOWN_COMPRESSION_METHOD',
        `Unknown content encoding "${request.headers['content-encoding']}".`,
      );
  }
}

/** A statement in the address: the body continues it, and after an INSERT ... FORMAT it is rows. */
function apart(sql: string, body: Buffer): { sql: string; rows: Buffer | null } {
  if (body.length === 0) return { sql, rows: null };
  if (/^\s*insert\s/i.test(sql) && /\sformat\s+\w+\s*$/i.test(sql)) return { sql, rows: body };
  return { sql: `${sql}\n${body.toString('utf8')}`, rows: null };
}

/** A statement in the body: after its first line, an INSERT ... FORMAT may be followed by rows of any bytes. */
function inBody(body: Buffer): { sql: string; rows: Buffer | null } {
  const lineEnd = body.indexOf('\n');
  if (lineEnd > 0) {
    const first = body.subarray(0, lineEnd).toString('utf8');
    if (/^\s*insert\s/i.test(first) && /\sformat\s+(?!values\s*$)\w+\s*$/i.test(first)) {
      return { sql: first, rows: body.subarray(lineEnd + 1) };
    }
  }
  return { sql: body.toString('utf8'), rows: null };
}
