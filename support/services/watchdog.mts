import { removeContainers } from './containers/removal.ts';
import { release } from './ownership.ts';

/**
 * Outlives the runner by a moment: its standard input is a pipe that only the runner holds, so it ends when the runner
 * does, however it dies. What the run still owns then is released. Started with the path of the run's record.
 */
const [record] = process.argv.slice(2);
if (record === undefined) throw new Error('watchdog.mts needs the path of a record');
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.stdin.resume().once('close', () => {
  release(record, removeContainers).catch((error: unknown) => {
    process.exitCode = 1;
    process.stderr.write(`could not remove everything; the next run will: ${String(error)}\n`);
  });
});
