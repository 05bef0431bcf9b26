import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { PlatformError, silentLogger } from '../../kernel';
import { watchRights } from './rights-watch';

const refusal = new PlatformError({ code: 'tool_not_allowed', message: 'Not any more.' });
const away = new PlatformError({ code: 'store_unavailable', message: 'Not now.', retryable: true });

/** What a look each second finds, and how often there was one until the watch called out. */
async function watched(finds: readonly (PlatformError | null)[], seconds: number) {
  const clock = new ControlledClock();
  const heard: unknown[] = [];
  let looks = 0;
  const watch = watchRights(
    { clock, logger: silentLogger },
    () => {
      const found = finds[looks++] ?? null;
      return found === null ? Promise.resolve() : Promise.reject(found);
    },
    (why) => heard.push(why),
  );
  for (let second = 0; second < seconds; second++) {
    clock.advance(1_000);
    await turn();
  }
  return { heard, looks: () => looks, watch, clock };
}

describe('whoever waits for a long reading', () => {
  void it('AG-12 is looked at every second, and called back once when a right is gone', async () => {
    const { heard, looks } = await watched([null, null, refusal, refusal], 6);
    assert.deepEqual([heard, looks()], [[refusal], 3]);
  });

  void it('AG-12 reads on while nobody can say who may what, and is looked at again', async () => {
    const { heard, looks } = await watched([away, away, null, refusal], 6);
    assert.deepEqual([heard, looks()], [[refusal], 4]);
  });

  void it('AG-12 is left alone when the reading is over', async () => {
    const { heard, looks, watch, clock } = await watched([null, refusal], 1);
    watch[Symbol.dispose]();
    clock.advance(5_000);
    await turn();
    assert.deepEqual([heard, looks()], [[], 1]);
  });

  for (const found of [null, refusal]) {
    const what = found === null ? 'the right is still there' : 'the right is gone';
    void it(`AG-12 is left alone when the reading is over during a look: ${what}`, async () => {
      const { heard, looks, watch, clock } = await watched([null, found, refusal], 1);
      clock.advance(1_000);
      watch[Symbol.dispose]();
      await turn();
      clock.advance(5_000);
      await turn();
      assert.deepEqual([heard, looks()], [[], 2]);
    });
  }
});
