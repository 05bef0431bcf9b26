import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fastify } from 'fastify';
import { LifecycleTest, settled } from '../../../support/module-tests/lifecycle';
import { admitRequests } from './admission';
import { callerGone } from '../server/caller-gone';

const SIGTERM = { by: 'signal', detail: 'SIGTERM' } as const;

/** A server whose one piece of work ends when the test says so; reads tell when they are given up. */
async function atWork(method: 'GET' | 'POST', path = '/v1/work') {
  const t = new LifecycleTest();
  const lifecycle = await t.running([]);
  const app = fastify({ logger: false });
  admitRequests(app, lifecycle);
  const work = Promise.withResolvers<object>();
  const givenUp: boolean[] = [];
  app.route({
    method,
    url: path,
    handler: (_, reply) => {
      callerGone(reply).addEventListener('abort', () => givenUp.push(true));
      return work.promise;
    },
  });
  const answer = app.inject({ method, url: path });
  await settled();
  const told = async (): Promise<unknown[]> => {
    const { statusCode, json } = await answer;
    const body = json<{ code?: string; retryAfterMs?: number }>();
    return [statusCode, body.code, body.retryAfterMs];
  };
  return { t, lifecycle, app, work, givenUp, told };
}

for (const [method, code] of [
  ['GET', 'restarting'],
  ['POST', 'outcome_unknown'],
] as const) {
  // oxfmt-ignore
  void test(`LC-05 a ${method} that outlasts the stop is told ${code}, may be repeated, and is worked on no longer`, async () => {
    const { t, lifecycle, givenUp, told } = await atWork(method);
    const stop = lifecycle.stop(SIGTERM);
    await t.pass(4_400, 50);
    assert.deepEqual(givenUp, []);
    await t.pass(200, 50);
    assert.deepEqual([await told(), givenUp], [[503, code, 1_000], [true]]);
    const { drained } = await t.during(stop);
    assert.deepEqual([drained.finished, drained.lost.length], [0, 1]);
  });
}

void test('LC-05 a request that ends in time is given its own answer', async () => {
  const { t, lifecycle, work, told } = await atWork('GET');
  const stop = lifecycle.stop(SIGTERM);
  await t.pass(2_000, 50);
  work.resolve({ code: 'its own' });
  assert.deepEqual(await told(), [200, 'its own', undefined]);
  assert.equal((await t.during(stop)).drained.finished, 1);
});

void test('LC-05 what is answered too late is not sent after the reason', async () => {
  const { t, lifecycle, work, told } = await atWork('GET');
  const stop = lifecycle.stop(SIGTERM);
  await t.pass(4_600, 50);
  work.resolve({ code: 'too late' });
  assert.deepEqual(await told(), [503, 'restarting', 1_000]);
  await t.during(stop);
});

void test('LC-04 health is answered in every phase and counts as no work', async () => {
  const { t, lifecycle, app, work } = await atWork('GET', '/health/ready');
  assert.equal(lifecycle.report({ permissions: ['operations:read'] }).inFlight.request, 0);
  await t.during(lifecycle.stop(SIGTERM));
  work.resolve({});
  assert.equal((await app.inject('/health/ready')).statusCode, 200);
});

void test('LC-04 whoever is answered while the instance stops is told that this was the last answer on the connection', async () => {
  const { t, lifecycle, app, work } = await atWork('GET');
  work.resolve({});
  const last = async (): Promise<unknown> => (await app.inject('/v1/work')).headers['connection'];
  const told = [await last()];
  const stop = lifecycle.stop(SIGTERM);
  told.push(await last());
  await t.during(stop);
  told.push(await last());
  assert.deepEqual(told, ['keep-alive', 'close', 'close'], 'while it runs, announces its stop, and refuses');
});
