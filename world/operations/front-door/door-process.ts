import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { DoorCounts } from './front-door';
import type { DoorOrder, DoorState } from './front-door-process';

/** A front door that runs in a process of its own; what it says of itself is a moment old. */
export class DoorProcess implements AsyncDisposable {
  private constructor(
    private readonly child: ChildProcess,
    private state: DoorState,
  ) {
    child.on('message', (state: DoorState) => (this.state = state));
  }

  static async start(): Promise<DoorProcess> {
    const child = fork(resolve(__dirname, 'front-door-process.ts'), [], {
      execArgv: ['--require', './support/typescript/register.js'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const [state] = (await once(child, 'message')) as [DoorState];
    return new DoorProcess(child, state);
  }

  get url(): string {
    return this.state.url;
  }

  /** How many instances would be given a request now. */
  get ready(): number {
    return this.state.ready;
  }

  get counts(): DoorCounts {
    return this.state.counts;
  }

  add(url: string): void {
    this.#order({ add: url });
  }

  remove(url: string): void {
    this.#order({ remove: url });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
  }

  #order(order: DoorOrder): void {
    if (this.child.connected) this.child.send(order);
  }
}
