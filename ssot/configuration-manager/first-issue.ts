import type { z } from 'zod';

/** The first thing that is wrong with a value: one that is refused is refused for something. */
export function firstIssue({ issues }: z.ZodError): z.core.$ZodIssue {
  return issues[0] as z.core.$ZodIssue;
}
