import { Foreground, type Clock, type Logger, type Random } from '../../ssot/kernel';
import { StoreClock } from '../clock/store-clock';
import { MetricsRegistry } from '../metrics-registry';

export interface PlatformPorts {
  readonly clock: Clock;
  /** What decides when working state ends. `server`: the stores' own time, the same for instances whose clocks differ. */
  readonly time: 'server' | Clock;
  /** Time that scenarios have let pass in one moment, which the stores have not lived. */
  readonly skippedMs?: () => number;
  readonly random: Random;
  readonly log: Logger;
}

/** What every part of an instance is handed. */
export interface Common extends Pick<PlatformPorts, 'time' | 'random' | 'log'> {
  readonly clock: StoreClock;
  /** `log`, as half of the modules call it. */
  readonly logger: Logger;
  readonly metrics: MetricsRegistry;
  readonly foreground: Foreground;
}

export function commonOf({ clock: own, time, skippedMs, random, log }: PlatformPorts): Common {
  const clock = new StoreClock(own, skippedMs);
  return {
    ...{ clock, random, log, logger: log },
    time: time === 'server' ? 'server' : clock,
    metrics: new MetricsRegistry(),
    foreground: new Foreground(),
  };
}
