import { pause, systemClock } from '../../ssot/kernel';
import { TITLE, type Service } from '../../support/services/contract';
import { eventually } from '../../world/eventually';
import { HttpClient } from '../../world/clients/http-client';
import { unrecorded } from '../people/unrecorded';
import type { Say } from '../exercise';
import { caller, type Person } from '../people/people';
import type { Seeded } from '../seeded';
import type { Stage } from '../stage/stage';
import type { Outages } from './outages';

type Victim = Service | 'instance';
const VICTIMS = [
  ['instance', 4],
  ['postgres', 2],
  ['redis', 2],
  ['clickhouse', 2],
] as const;

/** Published: whole again within 15 s of the store's return. */
export const WHOLE_WITHIN_MS = 15_000;
const REPLACED_WITHIN_MS = 60_000;
const AWAY_MS = [100, 4_000] as const;

export interface KillerDeps {
  readonly stage: Stage;
  readonly outages: Outages;
  readonly random: Seeded;
  readonly say: Say;
  /** Asks on the killer's behalf whether a store is there again. */
  readonly probe: Person;
  /** Between two kills, on average. */
  readonly everyMs: number;
}

/** Kills (SIGKILL) one process after the other, drawn by lot; what was killed comes back by itself. */
export class Killer {
  readonly killed: Record<Victim, number> = { instance: 0, postgres: 0, redis: 0, clickhouse: 0 };
  /** From a store's return until each instance served with it, milliseconds. */
  readonly wholeAfterMs: number[] = [];
  readonly #returning = new Set<Promise<void>>();

  constructor(private readonly deps: KillerDeps) {}

  /** Resolves when the time is over and everything is there again. */
  async reign(forMs: number): Promise<void> {
    const { random, everyMs } = this.deps;
    const end = performance.now() + forMs;
    for (;;) {
      const wait = random.between(0.4, 1.6) * everyMs;
      const left = end - performance.now();
      await pause(systemClock, Math.min(wait, left));
      if (wait > left) break;
      this.#kill(random.pick(VICTIMS), random.between(...AWAY_MS));
    }
    while (this.#returning.size > 0) await Promise.all(this.#returning);
  }

  #kill(victim: Victim, awayMs: number): void {
    const returning = victim === 'instance' ? this.#killInstance() : this.#killStore(victim, awayMs);
    this.#returning.add(returning);
    void returning.finally(() => this.#returning.delete(returning));
  }

  /** Never the last one that serves: no hoster does that, and nobody could answer. */
  async #killInstance(): Promise<void> {
    const { stage, random, say } = this.deps;
    if (stage.door.ready < 2) return;
    const doomed = stage.instances[Math.floor(random.fraction() * stage.instances.length)];
    if (doomed === undefined) return;
    this.killed.instance += 1;
    say('killed an instance');
    doomed.signal('SIGKILL');
    await doomed.ended();
    // A store may be away just now: the next start is tried until one serves.
    await eventually(() => stage.start(), REPLACED_WITHIN_MS);
  }

  async #killStore(store: Service, awayMs: number): Promise<void> {
    const { stage, outages, say } = this.deps;
    const killable = stage.services.killable[store];
    if (killable === undefined) throw new Error(`${TITLE[store]} is not ours to kill: use SPEC_SERVICES=embedded.`);
    if (outages.isAway(store)) return;
    this.killed[store] += 1;
    outages.begin(store);
    await killable.kill();
    await pause(systemClock, awayMs);
    await killable.restart();
    const returned = performance.now();
    const why = await this.#wholeOrWhyNot(store);
    outages.end(store);
    const wholeMs = performance.now() - returned;
    this.wholeAfterMs.push(wholeMs);
    const away = `killed ${TITLE[store]}, away for ${(awayMs / 1_000).toFixed(1)} s`;
    say(`${away}, ${why ?? 'whole'} ${(wholeMs / 1_000).toFixed(1)} s later`);
  }

  /** Twice the time that is promised is waited for; then it is counted as it stands. */
  async #wholeOrWhyNot(store: Service): Promise<string | null> {
    try {
      await eventually(() => this.#serveWith(store), 2 * WHOLE_WITHIN_MS);
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  }

  /** Fails until each instance answers something that it cannot answer without the store. */
  async #serveWith(store: Service): Promise<void> {
    const { stage, probe } = this.deps;
    for (const { url } of stage.instances) {
      if (store === 'postgres') await caller(probe, url).require('get', '/v1/threads?limit=1');
      if (store === 'clickhouse') await caller(probe, url).require('get', coveragePath(new Date()));
      if (store === 'redis') {
        const { body } = await new HttpClient(url, 'the killer', unrecorded).send<{ degraded: boolean }>(
          'get',
          '/health/ready',
        );
        if (body.degraded) throw new Error('degraded');
      }
    }
    if (stage.door.ready === 0) throw new Error('the front door finds nobody ready');
  }
}

/** How much usage was recorded in the last day and up to now. */
export function coveragePath(now: Date): string {
  const instant = (ms: number): string => encodeURIComponent(new Date(ms).toISOString());
  return `/v1/usage/coverage?from=${instant(now.getTime() - 86_400_000)}&to=${instant(now.getTime() + 60_000)}`;
}
