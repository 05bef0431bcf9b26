import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { Readable, type PassThrough } from 'node:stream';
import { migrateIds } from '../../../platform/migrate-ids/command';
import type { TenantId } from '../../../ssot/kernel';
import { addressOf } from '../../settings';

const ROOT = resolve(__dirname, '../../..');

/** How a run of the command ended and what its operator read. */
export interface CommandResult {
  readonly status: number;
  readonly out: readonly string[];
  readonly err: readonly string[];
}

/** The environment of an operator's machine; the command reaches PostgreSQL alone, whatever else an instance needs. */
function variables(postgresUrl = addressOf('SPEC_POSTGRES_URL')): Record<string, string> {
  return {
    PLATFORM_ENVIRONMENT: 'test',
    POSTGRES_URL: postgresUrl,
    POSTGRES_OWNER_URL: addressOf('SPEC_POSTGRES_OWNER_URL'),
    POSTGRES_SERVICE_URL: addressOf('SPEC_POSTGRES_SERVICE_URL'),
    REDIS_URL: 'redis://127.0.0.1:1',
    CLICKHOUSE_URL: 'http://127.0.0.1:1',
    MASTER_KEYS: `unused:${Buffer.alloc(32, 7).toString('base64')}`,
    OPERATOR_KEYS: 'nobody:not-used-by-the-command',
  };
}

/** `npm run migrate-ids -- <args> --tenant <tenant>`, in this process. */
export async function runCommand(
  tenant: TenantId,
  args: readonly string[],
  { input = '', postgresUrl }: { input?: string | PassThrough; postgresUrl?: string } = {},
): Promise<CommandResult> {
  const out: string[] = [];
  const err: string[] = [];
  const status = await migrateIds([...args, '--tenant', tenant], {
    variables: variables(postgresUrl),
    stdin: typeof input === 'string' ? Readable.from([input]) : input,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
  });
  return { status, out, err };
}

/** The same as a process of its own, as an operator starts it. */
export function startCommand(tenant: TenantId, args: readonly string[]): ChildProcess {
  const script = ['--require', './support/typescript/register.js', resolve(ROOT, 'platform/migrate-ids/main.ts')];
  return spawn(process.execPath, [...script, ...args, '--tenant', tenant], {
    cwd: ROOT,
    env: { ...process.env, ...variables() },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

export async function resultOf(child: ChildProcess): Promise<CommandResult> {
  const [out, err] = [linesFrom(child.stdout), linesFrom(child.stderr)];
  const [status] = (await once(child, 'close')) as [number | null];
  return { status: status ?? -1, out: await out, err: await err };
}

async function linesFrom(stream: Readable | null): Promise<string[]> {
  let text = '';
  for await (const chunk of stream?.setEncoding('utf8') ?? []) text += String(chunk);
  return text.split('\n').filter((line) => line !== '');
}
