import { z } from 'zod';
import { defineState, type StateKind as Kind } from '../../../ssot/state-manager';

export type StateKind = Kind<unknown>;

const anything = z.unknown();

/** Volatile: what somebody notes for now. */
export const NOTE = defineState({ name: 'spec-note', scope: 'thread', schema: anything });
/** Durable: what somebody has settled on. */
export const PLAN = defineState({ name: 'spec-plan', scope: 'thread', schema: anything, durability: 'durable' });
export const COUNTER = defineState({ name: 'spec-counter', scope: 'thread', schema: z.number() });
export const SHARED = defineState({ name: 'spec-shared', scope: 'tenant', schema: anything });
export const POLICY = defineState({ name: 'spec-policy', scope: 'tenant', schema: anything, durability: 'durable' });
export const HABIT = defineState({ name: 'spec-habit', scope: 'user', schema: anything });

/** What belongs to something that ends. */
export const BY_TARGET = {
  session: defineState({ name: 'spec-choice', scope: 'session', schema: anything }),
  thread: NOTE,
  run: defineState({ name: 'spec-progress', scope: 'run', schema: anything }),
  device: defineState({ name: 'spec-view', scope: 'device', schema: anything }),
} as const satisfies Record<string, StateKind>;

const REPORT = { name: 'spec-report', scope: 'thread' } as const;
const sum = z.strictObject({ sum: z.number() });

/** One kind as three releases know it: today's renamed what the older one called `total`. */
export const RELEASES = {
  older: { ...REPORT, schema: z.strictObject({ total: z.number() }) },
  today: { ...REPORT, shape: 2, schema: sum, upgrade: (old) => ({ sum: (old as { total: number }).total }) },
  newer: { ...REPORT, shape: 3, schema: sum },
} as const satisfies Record<string, StateKind>;
