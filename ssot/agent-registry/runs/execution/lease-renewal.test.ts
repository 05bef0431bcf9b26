import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { ControlledClock } from '../../../../world/operations/controlled-clock';
import { silentLogger, type RunId } from '../../../kernel';
import type { AbortReason } from './run-aborted';
import { renewLeaseOf } from './lease-renewal';
import type { RunState } from '../store/run-state';

/** A lease whose renewals are answered one by one, when the test says so. */
function held() {
  const clock = new ControlledClock();
  const renewals: PromiseWithResolvers<RunState | undefined>[] = [];
  const reasons: AbortReason[] = [];
  const renewal = renewLeaseOf('run_1' as RunId, {
    ...{ clock, logger: silentLogger, onAbort: (reason) => reasons.push(reason) },
    renew: () => {
      const asked = Promise.withResolvers<RunState | undefined>();
      renewals.push(asked);
      return asked.promise;
    },
  });
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await turn();
  };
  return { renewals, reasons, renewal, pass };
}

describe('the lease of a run', () => {
  void it('AG-11 is renewed every 5 seconds, and again after a renewal that failed', async () => {
    const { renewals, pass, reasons } = held();
    await pass(4_999);
    assert.equal(renewals.length, 0);
    await pass(1);
    renewals[0]?.resolve('running');
    await turn();
    await pass(5_000);
    renewals[1]?.reject(new Error('PostgreSQL is away'));
    await turn();
    await pass(5_000);
    assert.deepEqual([renewals.length, reasons], [3, []]);
  });

  for (const [state, reason] of [
    [undefined, 'lease_lost'],
    ['cancelling', 'cancel_requested'],
  ] as const) {
    void it(`AG-11 aborts the run once when it is ${state ?? 'no longer ours'}`, async () => {
      const { renewals, reasons, pass } = held();
      await pass(5_000);
      renewals[0]?.resolve(state);
      await turn();
      await pass(20_000);
      assert.deepEqual([renewals.length, reasons], [1, [reason]]);
    });
  }

  void it('AG-11 is not renewed any more once the run is over here', async () => {
    const { renewals, renewal, pass } = held();
    renewal[Symbol.dispose]();
    await pass(20_000);
    assert.equal(renewals.length, 0);
  });

  for (const [outcome, settle] of [
    ['succeeds', (asked: PromiseWithResolvers<RunState | undefined>) => asked.resolve('running')],
    ['finds it lost', (asked: PromiseWithResolvers<RunState | undefined>) => asked.resolve(undefined)],
    ['fails', (asked: PromiseWithResolvers<RunState | undefined>) => asked.reject(new Error('PostgreSQL is away'))],
  ] as const) {
    void it(`AG-11 lapses when the run was dropped while a renewal was under way that ${outcome}`, async () => {
      const { renewals, renewal, reasons, pass } = held();
      await pass(5_000);
      renewal[Symbol.dispose]();
      settle(renewals[0] as PromiseWithResolvers<RunState | undefined>);
      await turn();
      await pass(20_000);
      assert.deepEqual([renewals.length, reasons], [1, []]);
    });
  }
});
