import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { LifecycleTest, settled } from '../../../support/module-tests/lifecycle';
import { EXIT_STATUS, ownProcess, type Part, type ProcessOwner, type ProcessPort } from '..';

/** A process that notes how it would have ended, and goes on. */
class NotedProcess extends EventEmitter implements ProcessPort {
  readonly ends: number[] = [];
  exit(status: number): void {
    this.ends.push(status);
  }
}

interface Owned {
  readonly t: LifecycleTest;
  readonly process: NotedProcess;
  readonly owner: ProcessOwner;
}

function owned(): Owned {
  const t = new LifecycleTest();
  const process = new NotedProcess();
  return { t, process, owner: ownProcess(process, t.log) };
}

/** An instance that serves, owned by its process. */
async function serving(ways: Partial<Part> = {}): Promise<Owned> {
  const all = owned();
  const lifecycle = all.t.instance([all.t.part('a', ways)]);
  all.owner.attach(lifecycle);
  await all.t.during(lifecycle.start());
  return all;
}

const stopped = (t: LifecycleTest): number => t.told.filter((word) => word === 'stop a').length;
const hang = (): Promise<never> => new Promise(() => undefined);

for (const [what, event, detail, ways, status] of [
  ['SIGTERM', 'SIGTERM', undefined, {}, EXIT_STATUS.clean],
  ['SIGINT', 'SIGINT', undefined, {}, EXIT_STATUS.clean],
  ['SIGTERM, and a part fails', 'SIGTERM', undefined, { stop: () => Promise.reject(new Error('no')) }, 21],
  ['SIGTERM, and a part hangs', 'SIGTERM', undefined, { stop: hang }, 22],
  ['what was thrown and nobody caught', 'uncaughtException', new Error('thrown'), {}, 23],
  ['a promise that nobody caught', 'unhandledRejection', new Error('rejected'), {}, 23],
  ['something that is no error', 'unhandledRejection', undefined, {}, 23],
] as const) {
  void test(`LC-09 ${what} ends the process in order, with status ${status}`, async () => {
    const { t, process } = await serving(ways);
    process.emit(event, detail);
    await t.pass(400);
    assert.deepEqual(process.ends, []);
    await t.pass(2_000);
    assert.deepEqual([process.ends, stopped(t)], [[status], 1]);
    const last = t.lines.at(-1);
    assert.deepEqual([last?.message, last?.facts['status']], ['the process ends', status]);
  });
}

void test('LC-07 each status of the end is its own, and none of them is one that node gives itself', () => {
  const statuses = Object.values(EXIT_STATUS);
  assert.deepEqual(statuses, [0, 20, 21, 22, 23, 130]);
  assert.equal(new Set(statuses).size, statuses.length);
});

void test('LC-09 told to stop again by SIGTERM, nothing changes', async () => {
  const { t, process } = await serving();
  for (let times = 0; times < 3; times++) process.emit('SIGTERM');
  await t.pass(300);
  process.emit('SIGTERM');
  await t.pass(1_000);
  assert.deepEqual([process.ends, stopped(t)], [[0], 1]);
});

void test('LC-09 one interrupt after SIGTERM changes nothing, a second one ends the process at once', async () => {
  const { t, process } = await serving();
  process.emit('SIGTERM');
  process.emit('SIGINT');
  await settled();
  assert.deepEqual(process.ends, []);
  process.emit('SIGINT');
  assert.deepEqual(process.ends, [EXIT_STATUS.interrupted_twice]);
  assert.equal(t.lines.at(-1)?.facts['end'], 'interrupted_twice');
  await t.pass(1_000);
});

void test('LC-09 a signal that comes before there is anything to stop is obeyed as soon as there is', async () => {
  const { t, process, owner } = owned();
  process.emit('SIGTERM');
  assert.deepEqual(process.ends, []);
  const lifecycle = t.instance([t.part('a')]);
  owner.attach(lifecycle);
  await assert.rejects(lifecycle.start(), { code: 'start_cancelled' });
  await settled();
  assert.deepEqual([process.ends, t.told], [[0], []]);
});

void test('LC-09 a signal in the middle of the start ends it cleanly', async () => {
  const { t, process, owner } = owned();
  const lifecycle = t.instance([t.part('a'), t.part('slow', { start: hang })]);
  owner.attach(lifecycle);
  const started = assert.rejects(lifecycle.start(), { code: 'start_cancelled' });
  await t.pass(200);
  process.emit('SIGTERM');
  await started;
  await t.pass(100);
  assert.deepEqual([process.ends, stopped(t)], [[0], 1]);
});

void test('LC-07 a start that fails ends the process with status 20', async () => {
  const { t, process, owner } = owned();
  const lifecycle = t.instance([
    t.part('a', { limits: { startMs: 10 }, start: () => Promise.reject(new Error('no')) }),
  ]);
  owner.attach(lifecycle);
  await assert.rejects(t.during(lifecycle.start()));
  assert.deepEqual(process.ends, [EXIT_STATUS.start_failed]);
});

void test('LC-09 a failure during the stop makes its result a failing one, and the stop goes on', async () => {
  const { t, process } = await serving();
  process.emit('SIGTERM');
  await t.pass(200);
  process.emit('unhandledRejection', new Error('during the stop'));
  await t.pass(1_000);
  assert.deepEqual([process.ends, stopped(t)], [[23], 1]);
});

void test('LC-09 a second failure during the stop after a failure changes nothing', async () => {
  const { t, process } = await serving();
  process.emit('uncaughtException', new Error('first'));
  process.emit('uncaughtException', new Error('second'));
  await t.pass(1_000);
  assert.deepEqual([process.ends, stopped(t)], [[23], 1]);
  assert.equal(t.lines.find(({ message }) => message === 'stopping')?.facts['detail'], 'first');
});

void test('LC-09 a failure before there is anything to stop ends the process at once', () => {
  const { process } = owned();
  process.emit('uncaughtException', new Error('could not even load'));
  assert.deepEqual(process.ends, [EXIT_STATUS.uncaught_failure]);
});

void test('LC-09 no failure of one connection or request is among what ends a process', () => {
  const { process } = owned();
  assert.deepEqual(
    process.eventNames().sort(),
    ['SIGINT', 'SIGTERM', 'uncaughtException', 'unhandledRejection'].sort(),
  );
});

void test('LC-10 an owner that is given up leaves no listener behind', async () => {
  const { t, process, owner } = await serving();
  owner[Symbol.dispose]();
  assert.deepEqual(process.eventNames(), []);
  await t.pass(1_000);
  assert.deepEqual(process.ends, []);
});
