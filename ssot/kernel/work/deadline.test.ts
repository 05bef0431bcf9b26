import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { DeadlineExceeded, systemClock, withAbortableDeadline, withDeadline } from '..';

test('AU-05 work that ends in time gives its own outcome', async () => {
  const clock = new ControlledClock();
  assert.equal(await withDeadline(clock, 100, Promise.resolve('done')), 'done');
  await assert.rejects(withDeadline(clock, 100, Promise.reject(new Error('broken'))), /broken/);
});

test('AU-05 work that takes too long is given up at its limit', async () => {
  const clock = new ControlledClock();
  const outcome = withDeadline(clock, 100, new Promise(() => undefined)).catch((error: unknown) => error);
  clock.advance(99);
  await turn();
  assert.equal(await Promise.race([outcome, turn('still waiting')]), 'still waiting');
  clock.advance(1);
  assert.ok((await outcome) instanceof DeadlineExceeded);
});

test('AU-05 an answer that came while this process was busy is not late', async (t) => {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port);
  const [peer] = (await once(server, 'connection')) as [Socket];
  t.after(() => (socket.destroy(), server.close()));
  const answer = withDeadline(systemClock, 50, once(socket, 'data'));
  peer.write('asked');
  for (const until = performance.now() + 100; performance.now() < until;);
  assert.equal(String(((await answer) as readonly Buffer[])[0]), 'asked');
});

test('AG-09 abortable work is told why it is over, and is not waited for', async () => {
  const clock = new ControlledClock();
  const outside = new AbortController();
  const never = new Promise<never>(() => undefined);
  const reasons: unknown[] = [];
  const run = (): Promise<unknown> =>
    withAbortableDeadline(clock, { ms: 100, late: () => new Error('late'), signal: outside.signal }, (signal) => {
      signal.addEventListener('abort', () => reasons.push((signal.reason as Error).message));
      return never;
    });
  const late = assert.rejects(run(), /late/);
  clock.advance(100);
  await late;
  const cancelled = assert.rejects(run(), /cancelled/);
  outside.abort(new Error('cancelled'));
  await cancelled;
  assert.deepEqual(reasons, ['late', 'cancelled']);
  let began = false;
  const after = { ms: 100, late: () => new Error('late'), signal: outside.signal };
  await assert.rejects(
    withAbortableDeadline(clock, after, () => Promise.resolve((began = true))),
    /cancelled/,
  );
  assert.equal(began, false);
});
