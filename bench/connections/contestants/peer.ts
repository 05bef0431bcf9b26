import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createAdapter } from '@socket.io/redis-streams-adapter';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';
import { BareStore } from './bare-store';
import { eventOf, type Contestant, type Setting } from './contestant';

/**
 * The peer: `socket.io` with its Redis streams adapter and connection state recovery. By itself it tells before anything
 * is stored in PostgreSQL; `stored` commits first, so that it promises what we promise.
 */
export async function peer({ stored }: Setting): Promise<Contestant> {
  const store = stored ? new BareStore() : null;
  const redis = new Redis(process.env['SPEC_REDIS_URL'] ?? '');
  const http = createServer();
  const io = new Server(http, {
    transports: ['websocket'],
    adapter: createAdapter(redis, { maxLen: 100_000 }),
    connectionStateRecovery: { maxDisconnectionDuration: 120_000 },
  });
  io.on('connection', (socket) => void socket.join(String(socket.handshake.query['room'])));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}`,
    prepare: (count) => Promise.resolve(Array.from({ length: count }, (_, room) => ({ room }))),
    async tell(room, notes) {
      const events = notes.map(eventOf);
      await store?.commit(room, events);
      for (const event of events) io.to(String(room)).emit('event', event);
    },
  };
}
