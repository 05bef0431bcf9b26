import './compile-cache';
import { log, owner } from './process-ownership';
import { CONFIGURATION_REFUSED_STATUS, ConfigurationRefused, loadBase } from '../ssot/configuration-manager';
import { systemClock, systemRandom } from '../ssot/kernel';
import { MovableClock } from './clock/movable-clock';
import { createPlatform } from './platform';

/** The process of an instance. Exit status: 0 clean, 20 to 23 and 130 as lifecycle-manager says, 78 refused configuration. */
async function run(): Promise<void> {
  const base = await loadBase({ variables: process.env, clock: systemClock, log });
  const parent = process.send?.bind(process);
  const movable = base.environment === 'test' && parent !== undefined ? new MovableClock(systemClock) : undefined;
  const platform = createPlatform(base, {
    clock: movable ?? systemClock,
    // A scenario that moves the clock moves the end of what is kept, too.
    time: movable ?? 'server',
    skippedMs: () => movable?.skippedMs ?? 0,
    random: systemRandom,
    log,
  });
  owner.attach(platform.lifecycle);
  if (movable !== undefined) obeyParent(movable);
  try {
    await platform.lifecycle.start();
  } catch {
    // The lifecycle has logged the reason and undone the start; the owner ends the process with its status.
    return;
  }
  const { url, operationsUrl } = platform;
  log.info({ url, operationsUrl }, 'listening');
  parent?.({ type: 'listening', url, operationsUrl });
}

/** In tests only: the parent moves the clock, and an instance does not outlive it. */
function obeyParent(clock: MovableClock): void {
  process.on('message', (message: unknown) => {
    const { type, advanceMs, shiftWallMs } = (message ?? {}) as Readonly<Record<string, unknown>>;
    if (type !== 'clock') return;
    if (typeof advanceMs === 'number' && advanceMs >= 0) clock.advance(advanceMs);
    if (typeof shiftWallMs === 'number') clock.shiftWall(shiftWallMs);
  });
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}

run().catch((error: unknown) => {
  if (!(error instanceof ConfigurationRefused)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(CONFIGURATION_REFUSED_STATUS);
});
