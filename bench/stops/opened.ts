import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { fastify, type FastifyInstance } from 'fastify';

/** A store's connection, which says goodbye and waits for the answer. */
interface Store {
  close(): Promise<void>;
}

/** What an idle process has open: a server that listens, and three stores. */
export interface Opened {
  readonly server: FastifyInstance;
  readonly stores: readonly Store[];
  close(): Promise<void>;
}

export async function open(storePort: number): Promise<Opened> {
  const server = fastify({ logger: false, forceCloseConnections: 'idle' });
  server.get('/', () => ({ ok: true }));
  await server.listen({ host: '127.0.0.1', port: 0 });
  const stores = await Promise.all(Array.from({ length: 3 }, () => storeAt(storePort)));
  const close = async (): Promise<void> => void (await Promise.all([server.close(), ...stores.map((s) => s.close())]));
  return { server, stores, close };
}

async function storeAt(port: number): Promise<Store> {
  const socket: Socket = connect({ host: '127.0.0.1', port });
  await once(socket, 'connect');
  socket.resume();
  return {
    close: async () => {
      socket.end('goodbye');
      await once(socket, 'close');
    },
  };
}
