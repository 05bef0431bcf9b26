import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { mock } from 'node:test';
import type { ListedTest } from './protocol';

/*
 * `node:test` runs each test once, when its file is loaded. A warm worker runs one test again and again, each time with
 * another mutant, so it gives test files this stand-in instead. It knows what our module tests use and refuses the rest by
 * name. A check counts only after it has passed here without any mutant.
 */

type Body = (context: TestContext) => unknown;
type Hook = () => unknown;

interface Suite {
  readonly parent: Suite | null;
  readonly title: string;
  readonly before: Hook[];
  readonly after: Hook[];
  readonly beforeEach: Hook[];
  readonly afterEach: Hook[];
}

interface Registered extends ListedTest {
  readonly suite: Suite;
  readonly body: Body;
}

const load = createRequire(__filename);
const files = new Map<string, { readonly root: Suite; readonly tests: Registered[]; ready: boolean }>();
let current: { readonly file: string; readonly tests: Registered[]; suite: Suite } | null = null;

const newSuite = (parent: Suite | null, title: string): Suite => ({
  parent,
  title,
  before: [],
  after: [],
  beforeEach: [],
  afterEach: [],
});

/** Loads a test file once and returns what it registered. */
export function testsOf(file: string): readonly ListedTest[] {
  return loaded(file).tests.map(({ title, nth, line, column }) => ({ file, title, nth, line, column }));
}

/** Runs one test with the hooks of its suites. Throws what the test throws. */
export async function runTest(file: string, title: string, nth: number): Promise<void> {
  const known = loaded(file);
  const test = known.tests.find((one) => one.title === title && one.nth === nth);
  if (test === undefined) throw new Error(`${file} registers no test "${title}".`);
  const chain: Suite[] = [];
  for (let suite: Suite | null = test.suite; suite !== null; suite = suite.parent) chain.unshift(suite);
  const [, ...suites] = chain;
  // What a file opens for all its tests stays open as long as the worker.
  if (!known.ready) await all(known.root.before);
  known.ready = true;
  await using scope = new AsyncDisposableStack();
  for (const suite of suites) {
    scope.defer(() => all(suite.after));
    await all(suite.before);
  }
  await all(chain.flatMap(({ beforeEach }) => beforeEach));
  scope.defer(() => all(chain.toReversed().flatMap(({ afterEach }) => afterEach)));
  await new TestContext(test.title).run(test.body);
}

async function all(hooks: readonly Hook[]): Promise<void> {
  for (const hook of hooks) await hook();
}

class TestContext {
  readonly signal = new AbortController().signal;
  readonly #after: Hook[] = [];

  constructor(readonly name: string) {}

  after(hook: Hook): void {
    this.#after.push(hook);
  }

  diagnostic(): void {}

  async test(name: string, ...more: readonly unknown[]): Promise<void> {
    await new TestContext(name).run(bodyOf(name, more));
  }

  /** Throws what the body throws, after what it deferred has been done. */
  async run(body: Body): Promise<void> {
    await using scope = new AsyncDisposableStack();
    scope.defer(() => all(this.#after.toReversed()));
    await body(known(this, 'the test context'));
  }
}

function loaded(file: string): { readonly root: Suite; readonly tests: Registered[]; ready: boolean } {
  const before = files.get(file);
  if (before !== undefined) return before;
  const root = newSuite(null, '');
  const tests: Registered[] = [];
  files.set(file, { root, tests, ready: false });
  current = { file, tests, suite: root };
  try {
    load(resolve(file.replace(/ts$/, 'js')));
  } catch (failure) {
    files.delete(file);
    throw failure;
  } finally {
    current = null;
  }
  return files.get(file) ?? loaded(file);
}

function test(name: string, ...more: readonly unknown[]): Promise<void> {
  if (current === null) throw new Error(`The test "${name}" is registered after its file was loaded.`);
  const { file, tests, suite } = current;
  const names = [name];
  for (let one: Suite | null = suite; one?.parent; one = one.parent) names.unshift(one.title);
  const title = names.join(' > ');
  const nth = tests.filter((one) => one.title === title).length;
  tests.push({ file, title, nth, suite, body: bodyOf(name, more), ...callerOf(file) });
  return Promise.resolve();
}

function describe(name: string, ...more: readonly unknown[]): Promise<void> {
  if (current === null) throw new Error(`The suite "${name}" is registered after its file was loaded.`);
  const outer = current.suite;
  current.suite = newSuite(outer, name);
  const result = bodyOf(name, more)(new TestContext(name));
  current.suite = outer;
  if (result instanceof Promise) throw new Error(`The suite "${name}" is asynchronous, which the proof cannot follow.`);
  return Promise.resolve();
}

function bodyOf(name: string, more: readonly unknown[]): Body {
  const body = more.at(-1);
  const options = more.length > 1 ? (more[0] as Record<string, unknown>) : {};
  if (typeof body !== 'function') throw new Error(`The test "${name}" has no function.`);
  for (const option of ['skip', 'todo', 'only']) {
    if (options[option]) throw new Error(`The test "${name}" is set to "${option}"; a check either counts or goes.`);
  }
  return body as Body;
}

/** Where in the compiled test file the call stands. */
function callerOf(file: string): { line: number; column: number } {
  const name = file.replace(/ts$/, 'js');
  const frame = new Error().stack?.split('\n').find((line) => line.includes(name));
  const [, line, column] = /:(\d+):(\d+)\)?$/.exec(frame ?? '') ?? [];
  return { line: Number(line ?? 0), column: Number(column ?? 0) };
}

const hook =
  (kind: 'before' | 'after' | 'beforeEach' | 'afterEach') =>
  (body: Hook): void => {
    current?.suite[kind].push(body);
  };

const hooks = {
  before: hook('before'),
  after: hook('after'),
  beforeEach: hook('beforeEach'),
  afterEach: hook('afterEach'),
};

/** Names what is missing here, instead of "undefined is not a function" somewhere inside a test. */
function known<T extends object>(what: T, name: string): T {
  return new Proxy(what, {
    get: (target, key): unknown => {
      const value = Reflect.get(target, key, target) as unknown;
      if (value === undefined && typeof key === 'string' && !['then', '__esModule', 'default'].includes(key)) {
        throw new Error(
          `The proof's runner of module tests does not know "${key}" of ${name} (proof/worker/test-registry.ts).`,
        );
      }
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

const face = Object.assign(test, { test, it: test, describe, suite: describe, mock, ...hooks });
export const nodeTest = known({ ...face, default: face }, 'node:test');
