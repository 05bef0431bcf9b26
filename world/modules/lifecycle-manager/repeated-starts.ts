import { silentLogger, systemClock, systemRandom } from '../../../ssot/kernel';
import { loadBase } from '../../../ssot/configuration-manager';
import { eventually } from '../../eventually';
import type { RevenueWorld } from '../../revenue-world';
import { platformVariables } from '../../settings';

/** What a process holds beside its memory. */
interface Held {
  readonly connections: number;
  readonly handles: number;
  readonly listeners: number;
}

/** An instance that is composed in this process, started and stopped, and what is left of it. */
export class RepeatedStarts {
  left: Held | null = null;

  constructor(private readonly world: Pick<RevenueWorld, 'operations'>) {}

  async startAndStop(times: number): Promise<void> {
    const { operations } = this.world;
    // Loaded only here: it is heavy, and no other scenario needs it in this process.
    // oxlint-disable-next-line typescript/no-require-imports -- CommonJS has no other way to load lazily.
    const { startPlatform } = require('../../../platform') as typeof import('../../../platform');
    const overrides = await operations.throughProxies('PostgreSQL', 'Redis', 'ClickHouse');
    const variables = { ...platformVariables(), ...overrides };
    const base = await loadBase({ variables, clock: systemClock, log: silentLogger });
    const ports = { clock: systemClock, time: 'server', random: systemRandom, log: silentLogger } as const;
    // What is made once, by whoever comes first, is there before anything is counted.
    await (await startPlatform(base, ports)).stop();
    const before = await this.#held();
    for (let done = 0; done < times; done++) {
      const platform = await startPlatform(base, ports);
      if (operations.openToStores === 0) throw new Error('the instance has reached no store');
      await platform.stop();
    }
    this.left = await eventually(async () => {
      const now = await this.#held();
      const left = {
        connections: now.connections,
        handles: Math.max(0, now.handles - before.handles),
        listeners: now.listeners - before.listeners,
      };
      if (Object.values(left).some((count) => count > 0)) throw new Error(JSON.stringify(left));
      return left;
    });
  }

  async #held(): Promise<Held> {
    // What was just closed goes with the next turns of the event loop.
    for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve));
    return {
      connections: this.world.operations.openToStores,
      handles: process.getActiveResourcesInfo().filter((kind) => kind !== 'TCPSocketWrap').length,
      listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
    };
  }
}
