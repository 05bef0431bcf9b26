import { hash } from 'node:crypto';
import { z } from 'zod';
import { idSchema } from '../../id-manager';
import type { TenantContext } from '../../kernel';
import { USAGE_STATUSES, type UsageEvent } from '../contract';
import { AnalyticsError } from '../errors';
import { keptUntil, storedInstant } from '../store/instants';
import { label } from '../validation/label';
import { plainFault } from '../validation/plain-fault';

export const MAX_EVENTS = 1_000;
const MAX_NAMED_FAULTS = 3;
const MAX_FAULT_LENGTH = 100;
const AHEAD_MS = 5 * 60_000;

const count = z.int().min(0);

const usageEvent = z
  .strictObject({
    eventId: label,
    at: z.iso.datetime(),
    provider: label,
    model: label,
    feature: label,
    status: z.enum(USAGE_STATUSES),
    inputTokens: count,
    cachedInputTokens: count,
    outputTokens: count,
    latencyMs: count,
    background: z.boolean(),
    personId: idSchema('user').optional(),
    runId: idSchema('run').optional(),
    promptHash: label.optional(),
    opening: z.strictObject({ hash: label, tokens: count }).optional(),
  })
  .refine((use) => use.cachedInputTokens <= use.inputTokens, {
    path: ['cachedInputTokens'],
    message: 'is more than inputTokens, which includes it',
  })
  .refine((use) => (use.opening?.tokens ?? 0) <= use.inputTokens, {
    path: ['opening', 'tokens'],
    message: 'is more than inputTokens, which includes it',
  });

/** The shape of one use at a door, without the check against the clock. */
export const usageEventSchema = usageEvent;

/** A row as it is stored; the fingerprint tells a repeat from another use under the same id. */
export type StoredUse = Readonly<Record<string, string | number>> & {
  readonly event_id: string;
  readonly fingerprint: string;
  /** Empty where nobody is named. */
  readonly person_id: string;
};

/** What a person's calls say of them; what is counted and paid for is the company's. */
export const ABOUT_PERSON = ['person_id', 'run_id', 'prompt_hash', 'opening_hash'] as const;

/** The call as it is counted and paid for. Its fingerprint stays, so that it is known when it is sent again. */
export function withoutPerson(use: StoredUse): StoredUse {
  return { ...use, ...Object.fromEntries(ABOUT_PERSON.map((column) => [column, ''])) };
}

/**
 * Refuses a report whole and names its first faulty fields as `events[index].field`; otherwise gives its rows. Checking
 * stops there, so that a report full of faults costs no more than a sound one.
 */
export function rowsOf(ctx: TenantContext, report: readonly UsageEvent[], now: number): readonly StoredUse[] {
  if (!Array.isArray(report) || report.length === 0 || report.length > MAX_EVENTS) {
    throw new AnalyticsError(
      'analytics_event_invalid',
      `A report has 1 to ${MAX_EVENTS} events. Send more in several reports.`,
      {
        field: 'events',
      },
    );
  }
  return report.map((found: unknown, index) => {
    const read = usageEvent.safeParse(found, { error: plainFault });
    if (!read.success) throw invalidEvent(index, read.error.issues);
    const at = Date.parse(read.data.at);
    if (at > now + AHEAD_MS) throw invalidEvent(index, [{ path: ['at'], message: 'is more than 5 minutes ahead' }]);
    if (keptUntil(at) <= now) throw invalidEvent(index, [{ path: ['at'], message: 'is more than 13 months back' }]);
    return rowOf(ctx, read.data as UsageEvent, at);
  });
}

type Fault = Pick<z.core.$ZodIssue, 'path' | 'message'>;

function invalidEvent(index: number, faults: readonly Fault[]): AnalyticsError {
  const fieldOf = ({ path }: Fault): string => [`events[${index}]`, ...path.map(String)].join('.');
  const named = faults
    .slice(0, MAX_NAMED_FAULTS)
    .map((fault) => `${fieldOf(fault)}: ${fault.message.slice(0, MAX_FAULT_LENGTH).replace(/\.$/, '')}`);
  return new AnalyticsError(
    'analytics_event_invalid',
    `Nothing was recorded: ${named.join('; ')}. Later events were not checked.`,
    {
      ...(faults[0] && { field: fieldOf(faults[0]) }),
    },
  );
}

function rowOf(ctx: TenantContext, use: UsageEvent, at: number): StoredUse {
  const content = {
    at: storedInstant(at),
    provider: use.provider,
    model: use.model,
    feature: use.feature,
    status: use.status,
    input_tokens: use.inputTokens,
    cached_input_tokens: use.cachedInputTokens,
    output_tokens: use.outputTokens,
    latency_ms: use.latencyMs,
    background: use.background ? 1 : 0,
    person_id: use.personId ?? '',
    run_id: use.runId ?? '',
    prompt_hash: use.promptHash ?? '',
    opening_hash: use.opening?.hash ?? '',
    opening_tokens: use.opening?.tokens ?? 0,
  };
  const fingerprint = hash('sha256', JSON.stringify(content), 'hex').slice(0, 32);
  return { tenant_id: ctx.tenantId, event_id: use.eventId, fingerprint, ...content };
}
