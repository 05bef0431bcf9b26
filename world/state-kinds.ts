import { z } from 'zod';
import { defineState, type StateKind } from '../ssot/state-manager';

const anything = z.unknown();

/** What the scenarios keep: one kind for each place where working state belongs. */
export const NOTE = defineState({ name: 'spec-note', scope: 'thread', schema: anything });
export const COUNTER = defineState({ name: 'spec-counter', scope: 'thread', schema: z.number() });
/** Must outlive Redis. */
export const PLAN = defineState({ name: 'spec-plan', scope: 'thread', schema: anything, durability: 'durable' });
export const POLICY = defineState({ name: 'spec-policy', scope: 'tenant', schema: anything, durability: 'durable' });
export const SHARED = defineState({ name: 'spec-shared', scope: 'tenant', schema: anything });

export const BY_SCOPE = {
  device: defineState({ name: 'spec-view', scope: 'device', schema: anything }),
  run: defineState({ name: 'spec-progress', scope: 'run', schema: anything }),
  session: defineState({ name: 'spec-choice', scope: 'session', schema: anything }),
  thread: NOTE,
  person: defineState({ name: 'spec-habit', scope: 'user', schema: anything }),
  company: SHARED,
} as const satisfies Record<string, StateKind<unknown>>;
export type ScopeWord = keyof typeof BY_SCOPE;

/** One kind as three releases know it: the second renamed what the first called `total`. */
export const RELEASES = {
  older: { name: 'spec-report', scope: 'thread', schema: z.strictObject({ total: z.number() }) },
  "today's": {
    name: 'spec-report',
    scope: 'thread',
    shape: 2,
    schema: z.strictObject({ sum: z.number() }),
    upgrade: (old) => ({ sum: (old as { total: number }).total }),
  },
  'today without an upgrade': {
    name: 'spec-report',
    scope: 'thread',
    shape: 2,
    schema: z.strictObject({ sum: z.number() }),
  },
  'today upgrading wrongly': {
    name: 'spec-report',
    scope: 'thread',
    shape: 2,
    schema: z.strictObject({ sum: z.number() }),
    upgrade: (old) => ({ sum: `${(old as { total: number }).total}` }),
  },
  newer: { name: 'spec-report', scope: 'thread', shape: 3, schema: z.strictObject({ sum: z.number() }) },
} as const satisfies Record<string, StateKind<unknown>>;
export type Release = keyof typeof RELEASES;
