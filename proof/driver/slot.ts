import type { Check } from '../checks/check';
import type { Sandbox } from '../instrument/sandbox';
import type { RunReply } from '../worker/protocol';
import { WorkerProcess } from './worker-process';

/** What came of one check. */
export interface Outcome {
  readonly passed: boolean;
  readonly ms: number;
  readonly message: string;
  /** A scenario that failed in a Given step, so that nothing of what it is about was done. */
  readonly isEarly: boolean;
  readonly reached: Readonly<Record<string, number>>;
  readonly reachedByChildren: readonly string[];
}

export interface Try {
  readonly mutant: string | null;
  /** What the check takes when nothing is wrong. */
  readonly usualMs: number;
  readonly hitLimit?: number;
  readonly measure?: boolean;
}

/** The services that one worker has for itself, so that a defect here cannot fail a check there. */
export interface OwnServices {
  readonly env: Readonly<Record<string, string>>;
  /** Throws away what is there and starts anew. */
  renew(): Promise<void>;
  stop(): Promise<void>;
}

/** A check may wait for an outcome until its deadline, so one that was fast before is given time to fail. */
const LEAST_LIMIT_MS = 2_000;
const TIMES_USUAL = 3;
/** The first scenario of a process loads all step definitions, the World and the platform. */
const LOADING_MS = 20_000;

/** One of the workers: a sandbox, services and a warm process. */
export class Slot implements AsyncDisposable {
  #worker: WorkerProcess;
  /** What this process has run before, so that loading is over. */
  readonly #warm = new Set<string>();

  constructor(
    readonly sandbox: Sandbox,
    readonly services: OwnServices,
  ) {
    this.#worker = new WorkerProcess(sandbox, services.env);
  }

  get worker(): WorkerProcess {
    return this.#worker;
  }

  run(check: Check, what: Try): Promise<Outcome> {
    return runIn(this.#worker, check, what, this.#warm);
  }

  /** Whether one kind of check has been run in this process, so that what it loads is there. */
  isWarmFor(kind: Check['kind']): boolean {
    return this.#warm.has(kind);
  }

  /** A process in which the mutant is on from the first moment, or files are other ones. */
  fresh(mutant: string | null): WorkerProcess {
    return new WorkerProcess(this.sandbox, this.services.env, mutant);
  }

  /** A defect may have left behind in process or stores what fails the next check. */
  async renew({ services }: { readonly services: boolean }): Promise<void> {
    await this.#worker.end();
    this.#warm.clear();
    if (!services) return;
    await this.services.renew();
    this.#worker = new WorkerProcess(this.sandbox, this.services.env);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.end();
    await this.services.stop();
  }
}

/** Runs one check in a worker and ends the worker when it does not answer in time. */
export async function runIn(
  worker: WorkerProcess,
  { place }: Check,
  { mutant, usualMs, hitLimit, measure = false }: Try,
  warm: Set<string> = new Set(),
): Promise<Outcome> {
  const limitMs = LEAST_LIMIT_MS + TIMES_USUAL * usualMs;
  const loading = warm.has(place.kind) ? 0 : LOADING_MS;
  // A scenario has several steps, each of which may take that long.
  const patienceMs = limitMs * (place.kind === 'scenario' ? 3 : 1) + 3_000 + loading;
  const answer = await worker.ask(
    { type: 'run', place, mutant, limitMs: limitMs + loading, measure, ...(hitLimit !== undefined && { hitLimit }) },
    patienceMs,
  );
  if (answer.type === 'ran') {
    warm.add(place.kind);
    return outcomeOf(answer);
  }
  warm.clear();
  const message = answer.type === 'hung' ? `no answer within ${patienceMs} ms` : `the process ended: ${text(answer)}`;
  return { passed: false, ms: patienceMs, message, isEarly: false, reached: {}, reachedByChildren: [] };
}

function outcomeOf(reply: RunReply): Outcome {
  const { outcome, ms, message = '', isEarly = false, reached = {}, reachedByChildren = [] } = reply;
  return { passed: outcome === 'passed', ms, message, isEarly, reached, reachedByChildren };
}

const text = (answer: object): string => ('message' in answer ? String(answer.message) : 'without a word');
