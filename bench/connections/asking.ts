import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** What a process of a benchmark answers to, by name. Arguments and answers travel as JSON. */
export type Answers = Readonly<Record<string, (ask: never) => unknown>>;
type AskOf<A, K extends keyof A> = A[K] extends (ask: infer I) => unknown ? I : never;
type AnswerOf<A, K extends keyof A> = A[K] extends (ask: never) => infer O ? Awaited<O> : never;

interface Question {
  readonly id: number;
  readonly name: string;
  readonly ask: unknown;
}
interface Reply {
  readonly id: number;
  readonly answer?: unknown;
  readonly failure?: string;
}

/** In the child: answers its parent, and ends with it. */
export function answering(answers: Answers): void {
  process.on('message', (message: Question) => {
    void (async () => {
      try {
        const answer = await answers[message.name]?.(message.ask as never);
        process.send?.({ id: message.id, answer } satisfies Reply);
      } catch (error) {
        process.send?.({
          id: message.id,
          failure: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
      }
    })();
  });
  process.once('disconnect', () => process.exit(0));
}

/** A process of its own, so that what it costs is not paid by who measures. */
export class Worker<A extends Answers> implements AsyncDisposable {
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #asked = 0;

  private constructor(private readonly child: ChildProcess) {
    child.on('message', ({ id, answer, failure }: Reply) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (failure === undefined) waiting?.resolve(answer);
      else waiting?.reject(new Error(failure));
    });
    child.once('exit', (status, signal) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`the process ended: ${signal ?? status}`));
      this.#waiting.clear();
    });
  }

  static start<A extends Answers>(file: string, env: Readonly<Record<string, string>> = {}): Worker<A> {
    const profile = process.env['BENCH_PROFILE'] === file ? ['--cpu-prof', '--cpu-prof-dir=reports/output'] : [];
    return new Worker(
      spawn(
        process.execPath,
        ['--expose-gc', ...profile, '--require', './support/typescript/register.js', resolve(__dirname, file)],
        {
          cwd: ROOT,
          env: { ...process.env, ...env },
          stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        },
      ),
    );
  }

  ask<K extends keyof A & string>(name: K, ask: AskOf<A, K>): Promise<AnswerOf<A, K>> {
    const waiting = Promise.withResolvers<unknown>();
    this.#asked += 1;
    this.#waiting.set(this.#asked, waiting);
    this.child.send({ id: this.#asked, name, ask } satisfies Question);
    return waiting.promise as Promise<AnswerOf<A, K>>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
  }
}
