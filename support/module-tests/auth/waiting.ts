import assert from 'node:assert/strict';
import { z } from 'zod';
import { servicePrincipal, sql } from '../../../ssot/kernel';
import { eventually } from '../../../world/eventually';
import { stores } from '../stores';

const countRow = z.object({ waiting: z.int() });

/** How many transactions wait for a lock that another one holds. */
export async function waitingForLock(): Promise<number> {
  const db = await stores.database();
  const [found] = await db.asService(
    servicePrincipal('test'),
    (tx) => tx.query(sql`select count(*)::int as waiting from pg_locks where not granted`, countRow),
    { readOnly: true },
  );
  return found?.waiting ?? 0;
}

/** Resolves when the work has come as far as it comes by itself: it waits for a lock, or is over. */
export async function asFarAsItComes(work: Promise<unknown>): Promise<void> {
  let isOver = false;
  const over = (): void => void (isOver = true);
  work.then(over, over);
  await eventually(async () => assert(isOver || (await waitingForLock()) > 0, 'it neither waits nor is over'));
}
