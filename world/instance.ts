import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { platformVariables } from './settings';

const ROOT = resolve(__dirname, '..');

interface Listening {
  readonly type: 'listening';
  readonly url: string;
  readonly operationsUrl: string;
}

/** One operating-system process of the platform that belongs to a scenario: it may be signalled, frozen or killed. */
export class Instance implements AsyncDisposable {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    readonly operationsUrl: string,
    private readonly output: string[],
  ) {}

  /** Starts an instance and waits until it serves. `overrides` replaces addresses, for instance by a fault proxy's. */
  static async start(overrides: Readonly<Record<string, string>> = {}): Promise<Instance> {
    const child = fork(resolve(ROOT, 'platform/main.ts'), [], {
      cwd: ROOT,
      execArgv: ['--require', 'ts-node/register'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        ...process.env,
        ...platformVariables(),
        ...overrides,
      },
    });
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => output.splice(0, output.push(text) > 200 ? 1 : 0));
    }
    const { url, operationsUrl } = await new Promise<Listening>((listening, failed) => {
      child.on('message', (message: Listening | { type?: unknown }) => {
        if (message.type === 'listening') listening(message as Listening);
      });
      child.once('exit', (code, signal) =>
        failed(
          new Error(`the platform ended before it served (${signal ?? `exit status ${code}`}):\n${output.join('')}`),
        ),
      );
    });
    return new Instance(child, url, operationsUrl, output);
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  log(): string {
    return this.output.join('');
  }

  /** Moves the instance's own clock; only an instance in the test environment obeys. */
  advanceClock(ms: number): void {
    this.child.send({ type: 'clock', advanceMs: ms });
  }

  /** Steps the instance's wall clock alone, forward or back. */
  shiftClock(ms: number): void {
    this.child.send({ type: 'clock', shiftWallMs: ms });
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Resolves with the exit status, or the signal that ended it. */
  async ended(): Promise<number | string> {
    if (this.isRunning) await once(this.child, 'exit');
    return this.child.exitCode ?? this.child.signalCode ?? 'unknown';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.isRunning) return;
    this.child.kill('SIGKILL');
    await this.ended();
  }
}
