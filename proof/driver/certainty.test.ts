import { expect } from 'chai';
import { describe, it } from 'node:test';
import type { Check } from '../checks/check';
import { isCertain } from './certainty';
import type { Outcome } from './slot';

const check = (kind: Check['kind']): Check => ({
  id: 'a',
  kind,
  title: 'a',
  place: { kind: 'scenario', path: 'a.feature:1' },
  tags: [],
});
const outcome = (passed: boolean, ms: number): Outcome => ({
  ...{ passed, ms, message: '', isEarly: false },
  reached: {},
  reachedByChildren: [],
});

/** Who is asked again, with how much time, and what comes of it. */
async function judged(kind: Check['kind'], failedMs: number, passedMs: number, repeats: boolean) {
  const again: number[] = [];
  const certain = await isCertain(check(kind), outcome(false, failedMs), outcome(true, passedMs), 100, (usualMs) => {
    again.push(usualMs);
    return Promise.resolve(outcome(!repeats, failedMs));
  });
  return { certain, again };
}

describe('whether a failure is the defect’s', () => {
  it('is certain at once when a module test fails about as quickly as it passes', async () => {
    expect(await judged('test', 590, 80, false)).to.deep.equal({ certain: true, again: [] });
    expect(await judged('test', 1_400, 1_000, false), 'the machine is slow now').to.deep.equal({
      certain: true,
      again: [],
    });
  });

  it('is seen by whether a wait in vain repeats itself, with as much time as the machine needs now', async () => {
    expect(await judged('test', 2_500, 80, true)).to.deep.equal({ certain: true, again: [100] });
    expect(await judged('test', 2_500, 1_900, false)).to.deep.equal({ certain: false, again: [1_900] });
  });

  it('is seen by repetition for each scenario, however quickly it failed', async () => {
    expect(await judged('scenario', 50, 80, true)).to.deep.equal({ certain: true, again: [100] });
    expect(await judged('scenario', 50, 80, false)).to.deep.equal({ certain: false, again: [100] });
  });
});
