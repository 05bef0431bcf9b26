import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Sandbox } from '../instrument/sandbox';
import { REACH_FILE, type Reply, type Request } from '../worker/protocol';

/** What a worker answered, or how it failed to. */
export type Answer = Reply | { readonly type: 'hung' } | { readonly type: 'ended'; readonly message: string };

/**
 * One warm worker: started when first needed, ended with all that it started when it hangs, started anew afterwards. Killed with
 * all of it when this process ends, however it does: the code that it runs may spin and hear nothing.
 */
export class WorkerProcess implements AsyncDisposable {
  #child: ChildProcess | null = null;
  #endAll = (): void => {};
  #output = '';

  /** @param mutant on from the first moment, for code that runs while modules load */
  constructor(
    private readonly sandbox: Sandbox,
    private readonly services: Readonly<Record<string, string>>,
    private readonly mutant: string | null = null,
  ) {}

  /** @param limitMs when to give up and end the worker */
  async ask(request: Request, limitMs: number): Promise<Answer> {
    const child = (this.#child ??= this.#start());
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const timer = setTimeout(() => resolve({ type: 'hung' }), limitMs);
    const answered = (reply: Reply): void => resolve(reply);
    const ended = (): void => resolve({ type: 'ended', message: this.#output.trim().split('\n').at(-1) ?? '' });
    child.once('message', answered).once('exit', ended);
    if (child.exitCode !== null || child.signalCode !== null) ended();
    else child.send(request, (error) => error && ended());
    const answer = await promise;
    clearTimeout(timer);
    child.off('message', answered).off('exit', ended);
    if (answer.type === 'hung' || answer.type === 'ended') await this.end();
    return answer;
  }

  /** The next request starts a new one. */
  async end(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child?.pid === undefined) return;
    const isOver = child.exitCode !== null || child.signalCode !== null;
    const exit = isOver ? undefined : once(child, 'exit');
    this.#endAll();
    await exit;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end();
  }

  #start(): ChildProcess {
    this.#output = '';
    const reach = join(this.sandbox.root, `.reach-${process.pid}-${Math.random().toString(36).slice(2)}`);
    const start = (): ChildProcess =>
      spawn(process.execPath, ['--expose-gc', this.sandbox.worker], {
        cwd: this.sandbox.root,
        // In a group of its own, so that it goes with all that its checks have started, and Ctrl-C is ours to handle.
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        env: {
          ...process.env,
          ...this.services,
          SPEC_PLATFORM: 'in-process',
          SPEC_SERVICES: 'external',
          NODE_OPTIONS: `--require=${this.sandbox.childPreload}`,
          [REACH_FILE]: reach,
          ...(this.mutant !== null && { __STRYKER_ACTIVE_MUTANT__: this.mutant }),
        },
      });
    const { child, end } = this.sandbox.run.ownGroup(start);
    this.#endAll = end;
    const keep = (text: string): void => void (this.#output = (this.#output + text).slice(-2_000));
    child.stdout?.setEncoding('utf8').on('data', keep);
    child.stderr?.setEncoding('utf8').on('data', keep);
    child.on('error', (error) => keep(String(error)));
    return child;
  }
}
