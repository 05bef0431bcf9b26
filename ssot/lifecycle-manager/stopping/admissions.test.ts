import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LifecycleError } from '..';
import { Admissions } from './admissions';

void test('LC-05 work is counted by piece: two of one kind are two, and one that ends twice ended once', () => {
  const admissions = new Admissions();
  const [one, other] = [admissions.take('request'), admissions.take('request')];
  one[Symbol.dispose]();
  one[Symbol.dispose]();
  assert.deepEqual(admissions.counts(), { request: 1, connection: 0, run: 0 });
  other[Symbol.dispose]();
  assert.deepEqual(admissions.counts(), { request: 0, connection: 0, run: 0 });
});

void test('LC-05 work that throws is counted no longer', async () => {
  const admissions = new Admissions();
  const work = async (): Promise<never> => {
    using _piece = admissions.take('run');
    await Promise.resolve();
    throw new Error('the work failed');
  };
  await assert.rejects(work());
  assert.deepEqual(admissions.counts(), { request: 0, connection: 0, run: 0 });
});

void test('LC-05 the hand-over ends requests and runs with the reason, and connections not', () => {
  const admissions = new Admissions();
  const [request, connection, run] = (['request', 'connection', 'run'] as const).map((kind) => admissions.take(kind));
  admissions.handOver();
  for (const work of [request, run]) {
    assert(work?.signal.reason instanceof LifecycleError);
    assert.deepEqual([work.signal.reason.code, work.signal.reason.retryAfterMs], ['restarting', 1_000]);
  }
  assert.equal(connection?.signal.aborted, false);
});

void test('LC-05 work that its caller gave up is not handed over, and what others do goes on', () => {
  const admissions = new Admissions();
  const [gone, other] = [admissions.take('request'), admissions.take('request')];
  gone[Symbol.dispose]();
  assert.equal(other.signal.aborted, false);
  admissions.handOver();
  assert.deepEqual([gone.signal.aborted, other.signal.aborted], [false, true]);
});

void test('LC-05 work that ends after its limit is no failure', async () => {
  const admissions = new Admissions();
  const late = admissions.take('run');
  admissions.handOver();
  const empty = admissions.whenEmpty();
  late[Symbol.dispose]();
  await empty;
  assert.deepEqual(admissions.counts().run, 0);
});

void test('LC-05 open connections are waited for by nobody here', async () => {
  const admissions = new Admissions();
  admissions.take('connection');
  await admissions.whenEmpty();
  assert.deepEqual(admissions.counts().connection, 1);
});
