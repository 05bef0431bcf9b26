import { z } from 'zod';
import { BREAKDOWNS } from './dimensions';
import { MEASURES } from './measures';
import { namedPeriod } from './periods';

/** What a thread has settled on, until it is said otherwise. */
export const conversationFilter = z.strictObject({
  period: namedPeriod.optional(),
  models: z.array(z.string()).optional(),
  providers: z.array(z.string()).optional(),
  features: z.array(z.string()).optional(),
  /** Ids. */
  people: z.array(z.string()).optional(),
  measures: z.array(z.enum(MEASURES)).optional(),
  by: z.array(z.enum(BREAKDOWNS)).optional(),
});
export type ConversationFilter = z.infer<typeof conversationFilter>;

/** What a question itself says; a list of none: "all of them". */
export type Said = { readonly [K in keyof ConversationFilter]: ConversationFilter[K] | readonly string[] | undefined };

/** What the thread goes on with, and what of it the question did not say. */
export interface GoingOn {
  readonly conversation: ConversationFilter;
  readonly carriedOver: readonly (keyof ConversationFilter)[];
}

const NAMES = conversationFilter.keyof().options;

/** What the question says comes first; what it leaves open is as the thread has settled before. */
export function goOn(said: Said, before: ConversationFilter): GoingOn {
  const settled = NAMES.map((name) => [name, said[name] ?? before[name]] as const);
  return {
    conversation: Object.fromEntries(settled.filter(([, value]) => value !== undefined && !isNone(value))),
    carriedOver: NAMES.filter((name) => said[name] === undefined && before[name] !== undefined),
  };
}

function isNone(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
