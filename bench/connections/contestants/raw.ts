import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import { WebSocketServer, type WebSocket } from 'ws';
import { eventOf, type Contestant, type Setting } from './contestant';
import { BareStore } from './bare-store';

/** The floor: `ws` alone, each text made once and sent to each device. Nobody is asked who they are, nothing is resumed. */
export async function raw({ stored, paired }: Setting): Promise<Contestant> {
  const store = stored ? new BareStore() : null;
  const rooms = new Map<number, Set<WebSocket>>();
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false, clientTracking: false });
  await once(server, 'listening');
  server.on('connection', (socket, request) => {
    const room = Number(new URL(request.url ?? '/', 'http://own').searchParams.get('room'));
    const members = rooms.get(room) ?? new Set();
    rooms.set(room, members.add(socket));
    socket.on('close', () => members.delete(socket));
  });
  const show = (room: number, texts: readonly string[]): void => {
    for (const text of texts) for (const socket of rooms.get(room) ?? []) socket.send(text);
  };
  const word = paired ? await words(show) : null;
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    prepare: (count) => Promise.resolve(Array.from({ length: count }, (_, room) => ({ room }))),
    async tell(room, notes) {
      const events = notes.map(eventOf);
      await store?.commit(room, events);
      const texts = events.map((event) => JSON.stringify(event));
      show(room, texts);
      await word?.(room, texts);
    },
  };
}

type Show = (room: number, texts: readonly string[]) => void;

/** The content itself over publish and subscribe, once to all others. */
async function words(show: Show): Promise<(room: number, texts: readonly string[]) => Promise<void>> {
  const redis = new Redis(process.env['SPEC_REDIS_URL'] ?? '');
  const own = redis.duplicate();
  const me = String(process.pid);
  own.on('message', (_, message: string) => {
    const { by, room, texts } = JSON.parse(message) as { by: string; room: number; texts: string[] };
    if (by !== me) show(room, texts);
  });
  await own.subscribe('bench-connections');
  return async (room, texts) =>
    void (await redis.publish('bench-connections', JSON.stringify({ by: me, room, texts })));
}
