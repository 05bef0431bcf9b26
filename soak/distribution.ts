import type { Finding } from './exercise';

/** The smallest value that this share of all values does not exceed; 0 when there is none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

/** Milliseconds of which 95 % must be under one limit and, if there is another, all under that. Nothing measured is not kept. */
export function under(what: string, values: readonly number[], p95Ms: number, mostMs?: number): Finding[] {
  const p95 = percentile(values, 0.95);
  const most = values.reduce((a, b) => Math.max(a, b), 0);
  const isMeasured = values.length > 0;
  const of = `${what} (${values.length.toLocaleString('en')})`;
  return [
    { what: `${of}, 50 %`, counted: ms(percentile(values, 0.5)), promised: '', met: true },
    { what: `${of}, 95 %`, counted: ms(p95), promised: `under ${ms(p95Ms)}`, met: isMeasured && p95 < p95Ms },
    mostMs === undefined
      ? { what: `${of}, the longest`, counted: ms(most), promised: '', met: true }
      : {
          what: `${of}, the longest`,
          counted: ms(most),
          promised: `under ${ms(mostMs)}`,
          met: isMeasured && most < mostMs,
        },
  ];
}

export function ms(value: number): string {
  return `${Math.round(value).toLocaleString('en')} ms`;
}
