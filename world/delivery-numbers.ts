import type { ThreadEvent } from '../ssot/kernel';

/** Events of which nothing matters but their numbers. */
export function numbered(from: number, to: number): ThreadEvent[] {
  return Array.from({ length: to - from + 1 }, (_, i) => ({ seq: from + i }) as ThreadEvent);
}
