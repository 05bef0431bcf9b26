import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { listSettings } from '../../../ssot/configuration-manager';
import type { RevenueWorld } from '../../revenue-world';

const ROOT = resolve(__dirname, '../../..');

/** An operator who starts the platform in production. No store is reached: what is looked at comes before that. */
export class ProductionStart {
  status: number | null = null;
  told = '';
  readonly #variables: Record<string, string>;
  readonly #secrets: string[] = [];

  constructor(private readonly world: RevenueWorld) {
    const password = (): string => this.#secret('base64url');
    const postgres = (login: string): string =>
      `postgres://${login}:${password()}@db.example/platform?sslmode=verify-full`;
    this.#variables = {
      PLATFORM_ENVIRONMENT: 'production',
      PORT: '0',
      POSTGRES_URL: postgres('app'),
      POSTGRES_OWNER_URL: postgres('owner'),
      POSTGRES_SERVICE_URL: postgres('service'),
      REDIS_URL: `rediss://:${password()}@redis.example`,
      CLICKHOUSE_URL: `https://platform:${password()}@clickhouse.example/platform`,
      MASTER_KEYS: `2026-11:${this.#secret('base64')}`,
      OPERATOR_KEYS: `ines:${this.#secret('base64')}`,
    };
  }

  /** `{MASTER_KEY}` in what is written stands for the master key, `{PASSWORD}` for a new random one. */
  except(variable: string, written: string): void {
    this.#variables[variable] = written
      .replace('{PASSWORD}', () => this.#secret('base64url'))
      .replace('{MASTER_KEY}', () => (this.#variables['MASTER_KEYS'] ?? '').replace(/^.*:/, ''));
    if (!written.includes('{')) this.#secrets.push(written);
  }

  async start(): Promise<void> {
    this.world.operations.assertDeclared();
    const child = spawn(process.execPath, ['--require', './support/typescript/register.js', 'platform/main.ts'], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...withoutSettings(process.env), ...this.#variables },
    });
    using _end = { [Symbol.dispose]: () => void child.kill('SIGKILL') };
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.told += text));
    }
    await once(child, 'close');
    this.status = child.exitCode;
  }

  /** The secrets that stand in what was told. */
  shown(): readonly string[] {
    return this.#secrets.filter((secret) => this.told.includes(secret));
  }

  #secret(encoding: 'base64' | 'base64url'): string {
    const secret = randomBytes(32).toString(encoding);
    this.#secrets.push(secret);
    return secret;
  }
}

/** What the runner's own environment says to Node.js and to whoever watches the process, and nothing to the platform. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const settings = new Set(listSettings().map(({ variable }) => variable));
  return Object.fromEntries(Object.entries(env).filter(([name]) => !settings.has(name)));
}
