import { z } from 'zod';
import { textProblem, VISIBLE_PATTERN } from '../../kernel';

/** Unicode code points. */
export const MAX_TITLE = 200;
export const MAX_MESSAGE = 8_000;

/** Text that somebody wrote: something is to be seen in it, it has at most `max` code points, and can be stored and sent. */
export function plainText(max: number): z.ZodString {
  return withPublishedLimits(checked(max), max);
}

/** What a thread is called, without blanks around it. */
export const threadTitle = withPublishedLimits(
  checked(MAX_TITLE).overwrite((title) => title.trim()),
  MAX_TITLE,
);

function checked(max: number): z.ZodString {
  return z.string().superRefine((text, check) => {
    const message = textProblem(text, max);
    if (message !== undefined) check.addIssue({ code: 'custom', message });
  });
}

/** Zod's own limit would count in UTF-16 units; JSON Schema's counts in code points. Said last: a refined schema forgets it. */
function withPublishedLimits(schema: z.ZodString, max: number): z.ZodString {
  return schema.meta({ maxLength: max, pattern: VISIBLE_PATTERN });
}
