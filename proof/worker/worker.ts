import Module, { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { CheckPlace, Reply, Request, RunReply, RunRequest } from './protocol';
import { beginLoading, beginReach, isEndless, reachedByChildren, reachedHere, switchOn, whileLoading } from './reach';
import { loadScenarios, runScenario } from './scenario-runner';
import { nodeTest, runTest, testsOf } from './test-registry';

/*
 * A process that keeps the code under proof loaded and runs one check at a time. Started in the sandbox, with services in its
 * environment, and with the mutant already on where the code that it changes runs while modules load.
 */

// In the sandbox, which is removed in the end.
enableCompileCache(join(__dirname, 'compiled'));
const hooked = Module as unknown as { _load(request: string, ...rest: unknown[]): unknown };
const original = hooked._load.bind(Module);
hooked._load = (request, ...rest) => (request === 'node:test' ? nodeTest : original(request, ...rest));

/** The first thing that nobody caught since the check began: node:test and Cucumber fail for it, too. */
let uncaught: unknown;
process.on('uncaughtException', (error) => (uncaught ??= error));
process.on('unhandledRejection', (error) => (uncaught ??= error));
process.on('disconnect', () => process.exit());

async function answer(request: Request): Promise<Reply> {
  if (request.type === 'run') return await run(request);
  if (request.type === 'loaded') return { type: 'loaded', mutants: whileLoading() };
  try {
    return { type: 'listed', tests: request.files.flatMap(testsOf) };
  } catch (error) {
    return { type: 'unloadable', message: reason(error) };
  }
}

/** As long as the operating system takes to tell of a closed connection. */
const DRAIN_MS = 2;

async function run({ place, mutant, limitMs, hitLimit, measure }: RunRequest): Promise<RunReply> {
  uncaught = undefined;
  switchOn(mutant, hitLimit);
  beginLoading();
  let message = await failureOf(async () => void (place.kind === 'test' ? testsOf(place.file) : await loadScenarios()));
  beginReach();
  const began = performance.now();
  const failure = message === undefined ? await failureIn(place, limitMs) : undefined;
  message ??= failure?.message;
  const ms = Math.round(performance.now() - began);
  if (message === undefined && uncaught !== undefined) message = reason(uncaught);
  if (message === undefined && isEndless()) message = 'The mutated code ran without end.';
  // What still goes wrong when it is over (a connection that is reset) must not fail the next one; node:test only warns of it.
  await pause(DRAIN_MS);
  return {
    type: 'ran',
    outcome: message === undefined ? 'passed' : 'failed',
    ms,
    ...(message !== undefined && { message: message.split('\n', 1)[0] ?? '' }),
    ...(failure?.isEarly && { isEarly: true }),
    ...(measure && { reached: reachedHere(), reachedByChildren: reachedByChildren() }),
  };
}

interface Failure {
  readonly message: string;
  readonly isEarly: boolean;
}

/** How it failed, if it did. */
async function failureIn(place: CheckPlace, limitMs: number): Promise<Failure | undefined> {
  if (place.kind === 'scenario') {
    const { passed, message = 'failed', isEarly = false } = await runScenario(place.path, limitMs);
    return passed ? undefined : { message, isEarly };
  }
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${limitMs} ms`)), limitMs);
  });
  const message = await failureOf(() => Promise.race([runTest(place.file, place.title, place.nth), tooLate]));
  clearTimeout(timer);
  return message === undefined ? undefined : { message, isEarly: false };
}

async function failureOf(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return reason(error);
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

process.on('message', (request: Request) => {
  void answer(request).then((reply) => process.send?.(reply));
});
