import { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { FAIL, FIGURES, OBEYS, UNCAUGHT, type Failure, type ProcessFigures } from './process-figures';

/** Loaded into an instance of a scenario before the platform itself (`--require`): tells its parent when asked. */
process.on('message', (message: { type?: unknown; how?: Failure } | null) => {
  if (message?.type === FIGURES) void figures().then((told) => tell({ type: FIGURES, ...told }));
  if (message?.type === FAIL) fail(message.how);
});
process.on('newListener', (event) => {
  if (event === 'SIGTERM') tell({ type: OBEYS });
});
/** To a parent that is there: that it is gone would be an uncaught error, which would be told to it, without end. */
function tell(message: object): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}
function fail(how: Failure | undefined): void {
  if (how === 'rejected') void Promise.reject(new Error('nobody has foreseen this'));
  else
    setImmediate(() => {
      throw new Error('nobody has foreseen this');
    });
}
const uncaught = (reason: unknown): void => {
  tell({ type: UNCAUGHT, reason: reason instanceof Error ? reason.stack : String(reason) });
};
process.on('uncaughtExceptionMonitor', uncaught);
// The platform has its own listener from its first line on; without one, this would keep a failed start alive.
process.on('unhandledRejection', uncaught);

async function figures(): Promise<ProcessFigures> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // What is weakly held goes between two turns of the event loop only.
  for (let times = 0; times < 3; times += 1) {
    collect();
    await turn();
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return {
    heldBytes: heapUsed + external,
    residentBytes: rss,
    mostResidentBytes: process.resourceUsage().maxRSS * 1_024,
    openConnections: openHandles().filter((handle) => handle instanceof Socket && 'server' in handle && handle.server)
      .length,
  };
}

function openHandles(): readonly unknown[] {
  // Node counts them for everybody (`getActiveResourcesInfo`), but tells only here which were opened from outside.
  return (process as unknown as { _getActiveHandles(): readonly unknown[] })._getActiveHandles();
}
