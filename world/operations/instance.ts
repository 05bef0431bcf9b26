import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { FAIL, FIGURES, UNCAUGHT, type Failure, type ProcessFigures } from './process-figures';
import { platformVariables } from '../settings';

const ROOT = resolve(__dirname, '../..');

interface Listening {
  readonly type: 'listening';
  readonly url: string;
  readonly operationsUrl: string;
}

/** An instance on its way, which may never come to serve. */
export interface Launch {
  readonly child: ChildProcess;
  /** Rejects when it ends before it serves. */
  readonly served: Promise<Instance>;
  log(): string;
}

/** One operating-system process of the platform that belongs to a scenario: it may be signalled, frozen or killed. */
export class Instance implements AsyncDisposable {
  #uncaught: string | null = null;
  /** Resolves when it ends, or is about to leave because of a failure. */
  readonly fallen: Promise<void>;

  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    readonly operationsUrl: string,
    private readonly output: string[],
  ) {
    this.fallen = new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.on('message', ({ type, reason }: { type?: string; reason?: string }) => {
        if (type !== UNCAUGHT) return;
        this.#uncaught ??= reason ?? 'for no reason';
        resolve();
      });
    });
  }

  /** Starts an instance and waits until it serves. `overrides` replaces addresses, for instance by a fault proxy's. */
  static start(overrides: Readonly<Record<string, string>> = {}): Promise<Instance> {
    return Instance.launch(overrides).served;
  }

  /** The same without waiting. What is launched and never serves is ended by whoever launched it. */
  static launch(overrides: Readonly<Record<string, string>> = {}): Launch {
    const child = fork(resolve(ROOT, 'platform/main.ts'), [], {
      cwd: ROOT,
      execArgv: [
        '--require',
        './support/typescript/register.js',
        '--require',
        resolve(__dirname, 'figures-of-process.ts'),
      ],
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
    const served = new Promise<Instance>((serves, failed) => {
      child.on('message', (message: Listening | { type?: unknown }) => {
        if (message.type !== 'listening') return;
        const { url, operationsUrl } = message as Listening;
        serves(new Instance(child, url, operationsUrl, output));
      });
      child.once('exit', (code, signal) =>
        failed(
          new Error(`the platform ended before it served (${signal ?? `exit status ${code}`}):\n${output.join('')}`),
        ),
      );
    });
    return { child, served, log: () => output.join('') };
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** What was thrown there that nobody caught, which makes an instance leave; null as long as all is well. */
  get uncaught(): string | null {
    return this.#uncaught;
  }

  /** Runs, and is not about to leave because of a failure. */
  get isSound(): boolean {
    return this.isRunning && this.#uncaught === null;
  }

  log(): string {
    return this.output.join('');
  }

  /** What its process holds right now, after collection. */
  figures(): Promise<ProcessFigures> {
    return new Promise((resolve, reject) => {
      if (!this.child.connected) throw new Error('the instance has ended');
      const ended = (): void => reject(new Error('the instance has ended'));
      const told = (message: { type?: string } & ProcessFigures): void => {
        if (message.type !== FIGURES) return;
        this.child.off('message', told).off('exit', ended);
        resolve(message);
      };
      this.child.on('message', told).once('exit', ended);
      this.child.send({ type: FIGURES });
    });
  }

  /** Moves the instance's own clock; only an instance in the test environment obeys. */
  advanceClock(ms: number): void {
    this.child.send({ type: 'clock', advanceMs: ms });
  }

  /** Steps the instance's wall clock alone, forward or back. */
  shiftClock(ms: number): void {
    this.child.send({ type: 'clock', shiftWallMs: ms });
  }

  /** Something happens there that nobody has foreseen and nobody catches. */
  fail(how: Failure): void {
    this.child.send({ type: FAIL, how });
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
