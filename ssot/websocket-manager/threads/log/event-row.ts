import { z } from 'zod';
import type { ThreadEvent } from '../../../kernel';

export const eventColumns = {
  seq: z.coerce.number(),
  id: z.string(),
  type: z.string(),
  thread_id: z.string(),
  run_id: z.string(),
  agent: z.string().nullable(),
  at: z.date(),
  data: z.unknown(),
};
export const eventRow = z.object(eventColumns).transform(eventIn);

export function eventIn(row: z.infer<z.ZodObject<typeof eventColumns>>): ThreadEvent {
  const { seq, id, type, thread_id: threadId, run_id: runId, agent, at, data } = row;
  // Checked on the way in, and the table's checks have kept it since.
  return { v: 1, id, seq, type, threadId, runId, agent, at: at.toISOString(), data } as ThreadEvent;
}
