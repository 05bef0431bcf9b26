import type { Service } from '../../support/services/contract';
import { percentile } from '../distribution';
import { none, type Finding } from '../exercise';
import type { Outages } from './outages';

const SUCCEED = 0.999;
const P95_MS = 2_000;

/** One request as its caller saw it, successful or not. */
export interface Sample {
  readonly what: string;
  /** The stores without which it cannot succeed. */
  readonly needs: readonly Service[];
  readonly from: number;
  readonly to: number;
  /** Why it did not succeed; null when it did. A refusal that the request has earned is a success. */
  readonly failure: string | null;
}

/** Judges requests outside of the periods in which a store that they need was away. */
export function judge(samples: readonly Sample[], outages: Outages): Finding[] {
  const judged = samples.filter(({ needs, from, to }) => !outages.touch(needs, from, to));
  const failed = judged.filter(({ failure }) => failure !== null);
  const share = judged.length === 0 ? 0 : 1 - failed.length / judged.length;
  const p95 = percentile(
    judged.map(({ from, to }) => to - from),
    0.95,
  );
  const count = judged.length.toLocaleString('en');
  return [
    {
      what: `requests that succeeded at the first try, of ${count} while what they need was there`,
      counted: `${(100 * share).toFixed(3)} %`,
      promised: 'at least 99.9 %',
      met: judged.length > 0 && share >= SUCCEED,
      details: none('', mostOften(failed)).details ?? [],
    },
    {
      what: 'of these, 95 % answered within',
      counted: `${Math.round(p95)} ms`,
      promised: 'under 2,000 ms',
      met: judged.length > 0 && p95 < P95_MS,
    },
  ];
}

function mostOften(failed: readonly Sample[]): string[] {
  const groups = Map.groupBy(failed, ({ what, failure }) => `${what}: ${failure}`);
  return [...groups].toSorted(([, a], [, b]) => b.length - a.length).map(([text, all]) => `${all.length} x ${text}`);
}
