export type ConnectionState = 'opening' | 'open' | 'draining' | 'closed';

const NEXT: Readonly<Record<ConnectionState, readonly ConnectionState[]>> = {
  opening: ['open', 'closed'],
  open: ['draining', 'closed'],
  draining: ['closed'],
  closed: [],
};

/** States only move forward. */
export function canTransition(now: ConnectionState, next: ConnectionState): boolean {
  return NEXT[now].includes(next);
}
