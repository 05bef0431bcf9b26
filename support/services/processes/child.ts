import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import type { OwnedRun } from './owned-run';

const KEPT_CHARACTERS = 4_000;

/** A process of ours, with the end of what it said. */
export class OwnedChild {
  #said = '';
  /** Resolves with the reason when the process has ended. */
  readonly ended: Promise<string>;

  private constructor(
    readonly process: ChildProcess,
    private readonly signal: NodeJS.Signals,
  ) {
    for (const stream of [process.stdout, process.stderr]) {
      stream
        ?.setEncoding('utf8')
        .on('data', (text: string) => (this.#said = (this.#said + text).slice(-KEPT_CHARACTERS)));
    }
    this.ended = new Promise((resolve) => {
      process.once('error', (error) => resolve(error.message));
      process.once('close', (status, by) => resolve(by === null ? `exit status ${status}` : `killed by ${by}`));
    });
  }

  /**
   * `signal` ends it at once and cleanly. It runs in a session of its own: Ctrl-C is for the runner alone, which then
   * stops its services in order.
   */
  static start(
    run: OwnedRun,
    signal: NodeJS.Signals,
    command: string,
    args: readonly string[],
    options: SpawnOptions,
  ): OwnedChild {
    const stdio = options.stdio ?? ['ignore', 'pipe', 'pipe'];
    const child = run.own(() => spawn(command, args, { ...options, stdio, detached: true }), signal);
    return new OwnedChild(child, signal);
  }

  /** The last lines it wrote, indented; for the sentence that says why it ended. */
  lastWords(lines = 8): string {
    return this.#said
      .trim()
      .split('\n')
      .slice(-lines)
      .map((line) => `\n    ${line}`)
      .join('');
  }

  get isRunning(): boolean {
    return this.process.pid !== undefined && this.process.exitCode === null && this.process.signalCode === null;
  }

  /** The first message of this type from a child with an IPC channel; rejects when the child ends before. */
  async message<T extends { type: string }>(type: T['type']): Promise<T> {
    return new Promise((resolve, reject) => {
      this.process.on('message', (message: T) => {
        if (message.type === type) resolve(message);
      });
      void this.ended.then((reason) => reject(new Error(`it ended before it served (${reason})${this.lastWords()}`)));
    });
  }

  /** Returns when it has ended; what does not end within `graceMs` is killed. */
  async stop(signal = this.signal, graceMs = 5_000): Promise<void> {
    if (!this.isRunning) return;
    const closed = once(this.process, 'close');
    this.process.kill(signal);
    const patience = setTimeout(() => this.process.kill('SIGKILL'), graceMs);
    await closed;
    clearTimeout(patience);
  }
}
