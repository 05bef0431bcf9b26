export type LineState = 'opening' | 'open' | 'draining' | 'closed';

const NEXT: Readonly<Record<LineState, readonly LineState[]>> = {
  opening: ['open', 'closed'],
  open: ['draining', 'closed'],
  draining: ['closed'],
  closed: [],
};

/** A line only moves forward. */
export function mayBecome(now: LineState, next: LineState): boolean {
  return NEXT[now].includes(next);
}
