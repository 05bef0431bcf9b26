import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { silentLogger, type DurableStore } from '../../kernel';
import { DEFAULT_LIMITS } from '../limits';
import type { RecordStore } from '../records/record-store';
import { Sweeper } from './sweeper';

/** Sweeps over three tenants; how long each takes is up to the test. */
class SlowSweeps {
  readonly clock = new ControlledClock();
  readonly swept: string[] = [];
  readonly sweeper: Sweeper;
  #end = Promise.withResolvers<void>();

  constructor() {
    const nobody = { all: () => Promise.resolve([]), forget: () => Promise.resolve() };
    const store = {
      limits: DEFAULT_LIMITS,
      tenants: { ...nobody, all: () => Promise.resolve(['a', 'b', 'c']) },
      durableTenants: nobody,
      run: async (_: unknown, tenant: string) => {
        this.swept.push(tenant);
        await this.#end.promise;
        return [0, 0, 0, 1];
      },
    } as unknown as RecordStore;
    this.sweeper = new Sweeper({ store, clock: this.clock, durable: {} as DurableStore, logger: silentLogger });
  }

  /** That of the tenant at hand. */
  async end(): Promise<void> {
    const ended = this.#end;
    this.#end = Promise.withResolvers();
    ended.resolve();
    await turn();
  }
}

void test('ST-06 sweeps that take longer than half a minute do not pile up', async () => {
  const sweeps = new SlowSweeps();
  for (let i = 0; i < 10; i++) {
    sweeps.clock.advance(30_000);
    await turn();
  }
  for (let i = 0; i < 10; i++) await sweeps.end();
  assert.deepEqual(sweeps.swept, ['a', 'b', 'c', 'a', 'b', 'c']);
  sweeps.clock.advance(30_000);
  await turn();
  assert.equal(sweeps.swept.length, 7);
});

void test('ST-06 an instance that stops waits for the tenant that is being swept, and for no other', async () => {
  const sweeps = new SlowSweeps();
  sweeps.clock.advance(30_000);
  await turn();
  let isStopped = false;
  void sweeps.sweeper.stop().then(() => (isStopped = true));
  await turn();
  assert.equal(isStopped, false);
  await sweeps.end();
  assert.deepEqual([isStopped, sweeps.swept], [true, ['a']]);
});
