import assert from 'node:assert/strict';
import { fastify } from 'fastify';
import { once } from 'node:events';
import { get } from 'node:http';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { text } from 'node:stream/consumers';
import { systemClock } from '../../../ssot/kernel';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import type { App } from './app';
import { endListening, urlOf } from './listening';

/** Answers as an instance that stops: whoever asks leaves with the answer. */
async function serve(): Promise<App> {
  const app = fastify({ forceCloseConnections: 'idle' });
  app.get('/', (_, reply) => {
    reply.raw.shouldKeepAlive = false;
    return 'heard';
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return app;
}

/** What somebody is answered who connects anew, or why not. */
function ask(url: string): Promise<string> {
  return new Promise((told) => {
    get(url, { agent: false }, (answer) => void text(answer).then(told, () => told('cut off'))).once(
      'error',
      (error: NodeJS.ErrnoException) => told(error.code ?? error.message),
    );
  });
}

describe('a server that ends', { timeout: 20_000 }, () => {
  it('LC-04 answers each of 50 who come while it ends, and takes nobody afterwards', async () => {
    const app = await serve();
    const url = urlOf(app);
    const answers: string[] = [];
    const caller = async (): Promise<void> => {
      for (let turn = 0; turn < 5; turn++) answers.push(await ask(url));
    };
    const callers = Promise.all(Array.from({ length: 10 }, caller));
    await Promise.all([callers, endListening(app, systemClock)]);
    assert.deepEqual([answers.length, new Set(answers)], [50, new Set(['heard'])]);
    assert.equal(await ask(url), 'ECONNREFUSED');
  });

  it('LC-04 ends within its time although somebody comes without end', async () => {
    const app = await serve();
    const url = urlOf(app);
    const clock = new ControlledClock();
    const ended = endListening(app, clock);
    for (let passed = 0; passed < 1_000; passed += 40) {
      assert.equal(await ask(url), 'heard');
      clock.advance(40);
    }
    await ended;
    assert.equal(await ask(url), 'ECONNREFUSED');
  });

  it('LC-04 ends after 50 milliseconds in which nobody comes, whoever holds a connection open', async () => {
    const app = await serve();
    assert.equal(await ask(urlOf(app)), 'heard');
    const held = connect(Number(new URL(urlOf(app)).port), '127.0.0.1');
    const lost = once(held, 'close');
    await once(app.server, 'connection');
    const clock = new ControlledClock();
    const ended = endListening(app, clock);
    clock.advance(50);
    await Promise.all([ended, lost]);
  });
});
