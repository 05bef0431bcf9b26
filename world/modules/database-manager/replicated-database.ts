import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Instance } from '../../operations/instance';
import { nextReport } from '../../operations/next-report';
import type { Operations } from '../../operations/operations';

const ROOT = resolve(__dirname, '../../..');
const PROGRAM = resolve(ROOT, 'support/services/embedded/postgres-pair-process.ts');
/** As long as an instance may take to say that it can serve again. */
const NOTICED_MS = 15_000;

/** Ways in which its server fails and still answers, with what puts each right. */
const FAILURES = {
  replica: { fail: 'demote-first', mend: 'promote-first' },
  full: { fail: 'fill-first', mend: 'empty-first' },
} as const;
export type DatabaseFailure = keyof typeof FAILURES;
type Act = 'lose-first' | 'promote-second' | (typeof FAILURES)[DatabaseFailure]['fail' | 'mend'];

interface Host {
  readonly operations: Operations;
  own<T extends AsyncDisposable>(thing: T): T;
  moveTo(instance: Instance): void;
}
interface Told {
  readonly type: 'ready' | 'done' | 'failed';
  readonly variables?: Readonly<Record<string, string>>;
  readonly reason?: string;
}

/** A PostgreSQL of the scenario's own and a replica that follows it by streaming replication: two real servers. */
export class ReplicatedDatabase {
  #servers: ChildProcess | undefined;
  #failure: DatabaseFailure | undefined;

  constructor(private readonly host: Host) {}

  /** Everybody meets an instance whose addresses name both servers. */
  async serve(): Promise<void> {
    const { operations } = this.host;
    operations.assertDeclared();
    const servers = fork(PROGRAM, [], {
      cwd: ROOT,
      execArgv: ['--require', './support/typescript/register.js'],
      silent: true,
    });
    this.#servers = servers;
    this.host.own({ [Symbol.asyncDispose]: () => end(servers) });
    const { variables = {} } = await told(servers);
    await operations.serveOn(variables);
    this.host.moveTo(operations.serving());
  }

  /** The server that takes writes is killed, and the replica is told to take its place; the instance finds it by itself. */
  async failOver(): Promise<void> {
    const { operations } = this.host;
    await this.#do('lose-first');
    await this.#do('promote-second');
    await operations.readinessWithin(NOTICED_MS, { ready: true });
  }

  async failBy(failure: DatabaseFailure): Promise<void> {
    this.#failure = failure;
    await this.#do(FAILURES[failure].fail);
  }

  async mend(): Promise<void> {
    if (this.#failure === undefined) throw new Error('nothing is wrong with the database of this scenario');
    await this.#do(FAILURES[this.#failure].mend);
  }

  async #do(act: Act): Promise<void> {
    if (this.#servers === undefined) throw new Error('this scenario has no database of its own');
    this.#servers.send(act);
    await told(this.#servers);
  }
}

async function told(servers: ChildProcess): Promise<Told> {
  const message = await nextReport<Told>(servers);
  if (message.type === 'failed') throw new Error(message.reason);
  return message;
}

async function end(servers: ChildProcess): Promise<void> {
  if (!servers.connected) return;
  servers.disconnect();
  await once(servers, 'exit');
}
