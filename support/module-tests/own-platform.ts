import { startPlatform, type Platform } from '../../platform';
import { MovableClock } from '../../platform/clock/movable-clock';
import { loadBase } from '../../ssot/configuration-manager';
import { silentLogger, systemClock, systemRandom } from '../../ssot/kernel';
import { OwnTables } from '../../world/stores/own-tables';
import { platformVariables } from '../../world/settings';
import { stores } from './stores';

export interface OwnPlatform extends AsyncDisposable {
  readonly platform: Platform;
  readonly clock: MovableClock;
}

/** A started instance on tables of the test's own, whose time the test lets pass: it meets nobody else's threads. */
export async function ownPlatform(): Promise<OwnPlatform> {
  await using opening = new AsyncDisposableStack();
  const tables = opening.use(await OwnTables.create(stores.rows()));
  const variables = { ...platformVariables(), ...tables.variables };
  const base = await loadBase({ variables, clock: systemClock, log: silentLogger });
  const clock = new MovableClock(systemClock);
  const ports = { clock, time: clock, skippedMs: () => clock.skippedMs, random: systemRandom, log: silentLogger };
  const platform = await startPlatform(base, ports);
  opening.defer(() => platform.stop());
  const opened = opening.move();
  return { platform, clock, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}
