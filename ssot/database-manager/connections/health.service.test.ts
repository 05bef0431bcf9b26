import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Client } from 'pg';
import { eventually } from '../../../world/eventually';
import { FaultProxy } from '../../../world/operations/fault-proxy';
import { addressOf } from '../../../world/settings';
import { systemClock, type Clock } from '../../kernel';
import { HealthProbe } from './health';

describe('what the store is asked for its health', () => {
  const address = (): string => addressOf('SPEC_POSTGRES_URL');
  /** A clock that shows these instants, one after the other. */
  const showing = (...instants: readonly number[]): Clock => {
    const left = [...instants];
    return { ...systemClock, monotonic: () => left.shift() ?? assert.fail('it looks too often') };
  };

  void it('DB-09 it is up for an answer within 250 ms and slow for a later one, with the time that the server has', async () => {
    const probe = new HealthProbe(address(), showing(1_000, 1_250, 2_000, 2_250.06));
    const before = systemClock.now();
    const { serverTime, ...quick } = await probe.measure();
    assert.deepEqual(quick, { state: 'up', latencyMs: 250 });
    const { epochMs, ...between } = serverTime ?? assert.fail('it tells no time');
    assert.deepEqual(between, { askedAt: 1_000, answeredAt: 1_250 });
    assert(epochMs > before - 1_000 && epochMs < systemClock.now() + 1_000);
    const { serverTime: _time, ...slow } = await probe.measure();
    assert.deepEqual(slow, { state: 'degraded', cause: 'slow', latencyMs: 250.1 });
    await probe.close();
  });

  void it('DB-09 it is asked on one connection, under a name that its server shows, and nothing of it is left', async () => {
    const client = new Client({ connectionString: addressOf('SPEC_POSTGRES_OWNER_URL') });
    await client.connect();
    const connections = async (): Promise<number> => {
      const { rows } = await client.query<{ count: number }>(
        "select count(*)::int as count from pg_stat_activity where application_name = 'platform-health'",
      );
      return rows[0]?.count ?? 0;
    };
    try {
      const before = await connections();
      const probe = new HealthProbe(address(), systemClock);
      await Promise.all([probe.measure(), probe.measure(), probe.measure()]);
      assert.equal(await connections(), before + 1);
      await probe.close();
      await eventually(async () => assert.equal(await connections(), before));
    } finally {
      await client.end();
    }
  });

  void it('DB-09 a server that refuses is told from one that does not answer, also by the first question', async () => {
    await using proxy = await FaultProxy.open(address());
    for (const isAsked of [false, true]) {
      for (const [fault, cause] of [
        ['blackHole', 'no_answer'],
        ['cut', 'refused'],
      ] as const) {
        const probe = new HealthProbe(proxy.url, systemClock);
        if (isAsked) await probe.measure();
        proxy[fault]();
        assert.deepEqual(await probe.measure(), { state: 'down', latencyMs: null, cause });
        proxy.restore();
        assert.notEqual((await probe.measure()).state, 'down');
        await probe.close();
      }
    }
  });
});
