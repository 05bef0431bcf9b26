import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  administrator,
  Bus,
  change,
  limit,
  limitOf,
  refusedAs,
  start,
} from '../../../support/module-tests/company-settings';
import { stores } from '../../../support/module-tests/stores';
import { eventually } from '../../../world/eventually';
import { PlatformError, vouchFor, type TenantId } from '../../kernel';
import { plans } from '../plans';

describe('settings in force', () => {
  void it('CF-08 a change is in force here when it is answered, and on another instance when its word has come', async () => {
    const bus = new Bus();
    await using one = await start(bus);
    await using other = await start(bus);
    const ctx = administrator();
    await Promise.all([limitOf(one, ctx), limitOf(other, ctx)]);
    const { announced } = await one.configuration.change(ctx, change(limit(5)));
    assert.equal(announced, 'now');
    assert.equal(await limitOf(one, ctx), 5);
    await eventually(async () => assert.equal(await limitOf(other, ctx), 5));
  });

  void it('CF-08 without Redis a change is said to be found by asking, and is within two seconds; word is heard again with Redis', async () => {
    const bus = new Bus();
    bus.isCut = true;
    await using one = await start(bus);
    await using other = await start(bus);
    const ctx = administrator();
    await Promise.all([limitOf(one, ctx), limitOf(other, ctx)]);
    const { announced } = await one.configuration.change(ctx, change(limit(5)));
    assert.equal(announced, 'by_poll');
    assert.notEqual(await limitOf(other, ctx), 5);
    other.clock.advance(1_100);
    await eventually(async () => assert.equal(await limitOf(other, ctx), 5));
    bus.isCut = false;
    await eventually(async () => {
      for (const { clock } of [one, other]) clock.advance(1_100);
      const { version } = await one.configuration.for(ctx);
      const again = await one.configuration.change(ctx, change(limit(10 + version), version));
      assert.equal(again.announced, 'now');
      await eventually(async () => assert.equal(await limitOf(other, ctx), 10 + version), 200);
    });
  });

  void it('CF-08 words that are late, doubled or forged change nothing but that it is read again', async () => {
    const bus = new Bus();
    await using instance = await start(bus);
    const ctx = administrator();
    await instance.configuration.change(ctx, change(limit(5)));
    for (const id of [ctx.tenantId, ctx.tenantId, stores.ids.next('tenant'), 'nobody' as TenantId]) bus.tell(id);
    assert.equal(await limitOf(instance, ctx), 5);
    await eventually(async () => assert.equal(await limitOf(instance, ctx), 5));
    assert.equal(instance.configuration.status().companies, 1);
  });

  void it('CF-08 a change that is made while its company is being read is not lost', async () => {
    await using writer = await start();
    const bus = new Bus();
    await using reader = await start(bus);
    const ctx = administrator();
    const gate = Promise.withResolvers<void>();
    reader.store.beforeHandingOn = () => gate.promise;
    const first = limitOf(reader, ctx);
    await eventually(() => Promise.resolve(assert.equal(reader.store.readings, 1)));
    await writer.configuration.change(ctx, change(limit(5)));
    bus.tell(ctx.tenantId);
    gate.resolve();
    await first;
    await eventually(async () => assert.equal(await limitOf(reader, ctx), 5));
  });

  void it('CF-08 a change is in force here when it is answered, also while its company is being read', async () => {
    const bus = new Bus();
    await using instance = await start(bus);
    const ctx = administrator();
    const [first, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    instance.store.beforeHandingOn = () => {
      instance.store.beforeHandingOn = () => Promise.resolve();
      first.resolve();
      return gate.promise;
    };
    const read = limitOf(instance, ctx);
    await first.promise;
    const changed = instance.configuration.change(ctx, change(limit(5)));
    await eventually(() => Promise.resolve(assert.equal(bus.published.length, 1)));
    gate.resolve();
    await Promise.all([read, changed]);
    assert.equal(await limitOf(instance, ctx), 5);
  });

  void it('CF-04 a company that changes its plan has what the new one grants at once', async () => {
    await using instance = await start();
    const ctx = administrator();
    const before = vouchFor({ ...ctx, plan: 'free' });
    const limits = [await limitOf(instance, before), await limitOf(instance, ctx), await limitOf(instance, before)];
    assert.deepEqual(
      limits,
      (['free', 'enterprise', 'free'] as const).map((plan) => plans[plan].threadsPerPerson),
    );
  });

  void it('CF-08 100 first readers cause one reading, and one that failed is not remembered', async () => {
    await using instance = await start();
    const ctx = administrator();
    instance.store.isAway = true;
    await assert.rejects(instance.configuration.for(ctx), refusedAs('database_unreachable'));
    instance.store.isAway = false;
    await Promise.all(Array.from({ length: 100 }, () => instance.configuration.for(ctx)));
    assert.equal(instance.store.readings, 1);
  });

  void it('CF-08 while PostgreSQL is away, loaded companies read on, changes are refused, and a new company gets nothing', async () => {
    await using instance = await start();
    const { configuration, store, clock } = instance;
    const ctx = administrator();
    await configuration.change(ctx, change(limit(5)));
    await configuration.for(ctx);
    store.isAway = true;
    for (let i = 0; i < 16; i++) {
      clock.advance(1_100);
      await new Promise((turn) => setImmediate(turn));
    }
    assert.equal(await limitOf(instance, ctx), 5);
    await assert.rejects(configuration.change(ctx, change(limit(6), 1)), refusedAs('database_unreachable'));
    for (let i = 0; i < 6; i++) await assert.rejects(configuration.for(administrator()), PlatformError);
    await assert.rejects(configuration.for(administrator()), refusedAs('store_unavailable'));
    assert(configuration.status().unconfirmedMs > 15_000);
    store.isAway = false;
    clock.advance(10_000);
    await eventually(async () => {
      clock.advance(1_100);
      await new Promise((turn) => setImmediate(turn));
      assert(configuration.status().unconfirmedMs < 2_500);
    });
    assert.notEqual(await limitOf(instance, administrator()), 5);
  });

  void it('CF-08 a company whose own settings cannot be read keeps no other from its own', async () => {
    await using instance = await start();
    const crowd = administrator();
    // As it is told that waits for a connection behind hundreds of its own.
    instance.store.isAway = true;
    for (let i = 0; i < 10; i++) await assert.rejects(instance.configuration.for(crowd), PlatformError);
    instance.store.isAway = false;
    assert.equal(await limitOf(instance, administrator()), plans.enterprise.threadsPerPerson);
  });

  void it('CF-08 50 readers beside 5 writers never see half of a change', async () => {
    await using instance = await start();
    const ctx = administrator();
    let isOver = false;
    const pair = (i: number) => ({ ...limit(i), 'limits.connectionsPerPerson': i });
    await instance.configuration.change(ctx, change(pair(1)));
    const reader = async (): Promise<void> => {
      while (!isOver) {
        const { limits } = await instance.configuration.for(ctx);
        assert.equal(limits.threadsPerPerson, limits.connectionsPerPerson);
        await new Promise((turn) => setImmediate(turn));
      }
    };
    const readers = Array.from({ length: 50 }, reader);
    const write = async (i: number): Promise<void> => {
      for (let n = 0; n < 5; n++) {
        const { version } = await instance.configuration.for(ctx);
        const done = instance.configuration.change(ctx, change(pair(1 + i * 5 + n), version));
        await done.catch((error: unknown) => assert(refusedAs('version_conflict')(error), String(error)));
      }
    };
    await Promise.all(Array.from({ length: 5 }, (_, i) => write(i))).finally(() => (isOver = true));
    await Promise.all(readers);
  });
});
