import { setTimeout as pause } from 'node:timers/promises';
import { removeContainers } from '../containers/removal.ts';
import { release } from './ownership.ts';

/**
 * Outlives the runner by a moment: its standard input is a pipe that only the runner holds, so it ends when the runner
 * does, however it dies. What the run still owns then is released. Started with the path of the run's record.
 */
/** An engine goes on making the container that a dead runner has asked for; only then can it be found. */
const ENGINE_FINISHES_MS = 2_000;

const [record] = process.argv.slice(2);
if (record === undefined) throw new Error('watchdog.mts needs the path of a record');
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.stdin.resume().once('close', () => {
  release(record, removeContainersSoon).catch((error: unknown) => {
    process.exitCode = 1;
    process.stderr.write(`could not remove everything; the next run will: ${String(error)}\n`);
  });
});

async function removeContainersSoon(runId: string): Promise<void> {
  await pause(ENGINE_FINISHES_MS);
  await removeContainers(runId);
}
