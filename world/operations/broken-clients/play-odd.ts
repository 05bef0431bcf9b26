import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { OddConnection } from './odd-connections';

export interface Patience {
  /** Tears the connection off, whatever it is doing. */
  readonly signal?: AbortSignal;
  /** For the first of an answer, and for the other side to leave once it was said goodbye to, milliseconds. */
  readonly answerMs: number;
  /** For the other side to end a connection that is left open. */
  readonly holdMs: number;
}

/** How it ended. `left open`: the other side did not end what it should have, in all the time that it was given. */
export type Played = 'not connected' | 'ended' | 'left open';

/** Plays one broken client against whoever listens there. What the other side does to it is no error. */
export async function play(
  { moves, ending }: OddConnection,
  { hostname, port }: URL,
  { answerMs, holdMs, signal }: Patience,
): Promise<Played> {
  const socket = connect({ host: hostname, port: Number(port), noDelay: true, ...ownAddress(hostname) });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => undefined);
  // A connection that was said goodbye to cannot be reset any more.
  const tearOff = (): void => void (socket.writableEnded ? socket.destroy() : socket.resetAndDestroy());
  signal?.addEventListener('abort', tearOff);
  void closed.then(() => signal?.removeEventListener('abort', tearOff));
  await Promise.race([once(socket, 'connect').catch(() => undefined), closed]);
  if (socket.destroyed) return 'not connected';
  const heard = Promise.withResolvers<void>();
  socket.on('data', () => heard.resolve());
  for (const move of moves) {
    if (socket.destroyed) break;
    if (move.do === 'send') socket.write(move.bytes);
    else if (move.do === 'wait') await wait(move.ms);
    else if (move.do === 'deafen') socket.pause();
    else await atMost(answerMs, heard.promise, closed);
  }
  return leave(socket, closed, ending, { answerMs, holdMs });
}

async function leave(
  socket: Socket,
  closed: Promise<void>,
  ending: OddConnection['ending'],
  { answerMs, holdMs }: Patience,
): Promise<Played> {
  if (ending === 'reset') socket.resetAndDestroy();
  else if (ending === 'close') {
    socket.end();
    await atMost(answerMs, closed);
  } else if (!(await atMost(holdMs, closed))) {
    socket.resetAndDestroy();
    await closed;
    return 'left open';
  }
  socket.destroy();
  await closed;
  return 'ended';
}

/** Whether one of them came true in time. */
async function atMost(ms: number, ...awaited: Promise<void>[]): Promise<boolean> {
  const enough = new AbortController();
  const inTime = Promise.race(awaited).then(() => true);
  const tooLate = wait(ms, false, { signal: enough.signal }).catch(() => false);
  try {
    return await Promise.race([inTime, tooLate]);
  } finally {
    enough.abort();
  }
}

/** Linux lets everybody choose where in 127.0.0.0/8 they come from: so a broken client is limited by itself alone. */
function ownAddress(host: string): { localAddress?: string } {
  if (process.platform !== 'linux' || host !== '127.0.0.1') return {};
  return { localAddress: `127.${[...randomBytes(3)].map((byte) => 1 + (byte % 254)).join('.')}` };
}
