import { expect } from 'chai';
import { describe, it } from 'node:test';
import { isCertain } from './certainty';
import type { Outcome } from './slot';

const outcome = (passed: boolean, ms: number): Outcome => ({
  ...{ passed, ms, message: '', isEarly: false },
  reached: {},
  reachedByChildren: [],
});

/** Who is asked again, with how much time, and what comes of it. */
async function judged(failedMs: number, passedMs: number, repeats: boolean) {
  const again: number[] = [];
  const certain = await isCertain(outcome(false, failedMs), outcome(true, passedMs), 100, (usualMs) => {
    again.push(usualMs);
    return Promise.resolve(outcome(!repeats, failedMs));
  });
  return { certain, again };
}

describe('whether a failure is the defect’s', () => {
  it('is certain at once when a check fails about as quickly as it passes', async () => {
    expect(await judged(590, 80, false)).to.deep.equal({ certain: true, again: [] });
    expect(await judged(1_400, 1_000, false), 'the machine is slow now').to.deep.equal({
      certain: true,
      again: [],
    });
  });

  it('is seen by whether a wait in vain repeats itself, with as much time as the machine needs now', async () => {
    expect(await judged(2_500, 80, true)).to.deep.equal({ certain: true, again: [100] });
    expect(await judged(2_500, 1_900, false)).to.deep.equal({ certain: false, again: [1_900] });
  });
});
