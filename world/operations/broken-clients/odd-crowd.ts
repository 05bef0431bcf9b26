import { performance } from 'node:perf_hooks';
import type { Instance } from '../instance';
import type { OddConnections, OddKind } from './odd-connections';
import { play, type Patience } from './play-odd';

export interface CrowdOptions extends Omit<Patience, 'signal'> {
  readonly from?: number;
  readonly count: number;
  /** Connections open at one moment. */
  readonly atOnce: number;
  readonly onProgress?: (sent: number) => void;
}

export interface CrowdReport {
  readonly sent: number;
  /** Those that the instance should have ended, and did not. */
  readonly leftOpen: readonly Named[];
  /** Of those that found nobody listening while the instance ran. */
  readonly notConnected: readonly number[];
  /** When the instance ended: those at work then, or just before; one of them did it, or several together. */
  readonly suspects: readonly Named[];
}

/** A connection by its place in the seed. */
interface Named {
  readonly place: number;
  readonly kind: OddKind;
}

/** What ended a process shows within this time. */
const FRESH_MS = 500;

/** Sends so many broken clients to an instance, the next whenever one is done; stops when the instance has ended. */
export async function sendCrowd(
  connections: OddConnections,
  instance: Instance,
  { from = 1, count, atOnce, onProgress, ...patience }: CrowdOptions,
): Promise<CrowdReport> {
  const url = new URL(instance.url);
  const leftOpen: Named[] = [];
  const notConnected: number[] = [];
  const recent = new Map<number, { kind: OddKind; until: number }>();
  let next = from;
  let sent = 0;
  const enough = new AbortController();
  let suspects: CrowdReport['suspects'] = [];
  void instance.fallen.then(() => {
    forget(recent);
    suspects = [...recent].map(([place, { kind }]) => ({ place, kind }));
    enough.abort();
  });
  const lane = async (): Promise<void> => {
    while (next < from + count && !enough.signal.aborted) {
      const connection = connections.at(next++);
      const { place, kind } = connection;
      recent.set(place, { kind, until: Infinity });
      const played = await play(connection, url, { ...patience, signal: enough.signal });
      recent.set(place, { kind, until: performance.now() + FRESH_MS });
      forget(recent);
      if (played === 'left open') leftOpen.push({ place, kind });
      if (played === 'not connected' && !enough.signal.aborted) notConnected.push(place);
      sent += 1;
      onProgress?.(sent);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, lane));
  return { sent, leftOpen, notConnected, suspects };
}

/** They leave in the order in which they came, nearly. */
function forget(recent: Map<number, { until: number }>): void {
  const now = performance.now();
  for (const [place, { until }] of recent) {
    if (until > now) continue;
    recent.delete(place);
  }
}
