import type { ChildProcess } from 'node:child_process';
import { isProofUnderWay } from '../settings';
import { Instance } from './instance';

/**
 * Instances that serve sooner: while one is at work, the next process has loaded the platform's code already and waits to be
 * told which instance it is. How a process comes to life is not to be seen here; `Instance.launch` is for that.
 */
export class PreparedInstances implements AsyncDisposable {
  #next: ChildProcess | undefined;

  /** As `Instance.start`. */
  async start(overrides: Readonly<Record<string, string>>): Promise<Instance> {
    // What is loaded beforehand would not have the defect that is on by then.
    if (isProofUnderWay()) return Instance.start(overrides);
    const child = this.#next?.connected === true ? this.#next : Instance.prepare();
    this.#next = undefined;
    try {
      return await Instance.from(child, overrides);
    } finally {
      this.#next ??= Instance.prepare();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#next?.kill('SIGKILL');
    this.#next = undefined;
  }
}
