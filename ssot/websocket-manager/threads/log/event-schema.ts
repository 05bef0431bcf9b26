import { z } from 'zod';
import { idSchema } from '../../../id-manager';
import { AGENT_KINDS, type EventData, type EventDraft, type EventType, type Json } from '../../../kernel';
import { ChatError } from '../../errors';

const MAX_EVENT_BYTES = 32 * 1024;

const json = z.custom<Json>((value) => value !== undefined, 'is missing');
const wholeNumber = z.int().min(0);

/** What each event carries. */
export const EVENT_DATA: { readonly [T in EventType]: z.ZodType<EventData[T]> } = {
  user_message: z.strictObject({
    text: z.string(),
    clientMessageId: z.string(),
    userId: idSchema('user'),
    waiting: wholeNumber,
  }),
  agent_started: z.strictObject({ question: z.string() }),
  agent_thinking: z.strictObject({ step: z.string(), note: z.string() }),
  tool_executing: z.strictObject({ callId: idSchema('call'), tool: z.string(), input: json }),
  tool_completed: z.strictObject({
    callId: idSchema('call'),
    outcome: z.enum(['ok', 'failed', 'interrupted']),
    summary: json,
    more: z.boolean(),
    tookMs: z.number().min(0),
  }),
  agent_completed: z.strictObject({ report: json }),
  agent_failed: z.strictObject({ code: z.string(), message: z.string(), retryable: z.boolean() }),
  agent_cancelled: z.strictObject({ userId: idSchema('user') }),
};
export const EVENT_TYPES = Object.keys(EVENT_DATA) as readonly EventType[];

const draft = z.strictObject({
  id: idSchema('event'),
  type: z.enum(EVENT_TYPES as [EventType, ...EventType[]]),
  runId: idSchema('run'),
  agent: z.enum(AGENT_KINDS).nullable(),
  data: z.unknown(),
});

/** Throws `event_invalid`, naming the field, or `event_too_big`; what passes reads back exactly as it was handed in. */
export function assertSerializable(event: EventDraft): void {
  const outer = draft.safeParse(event);
  if (!outer.success) throw invalidEvent(outer.error);
  const problem = findUnserializable(event.data, 'data', new Set());
  if (problem !== undefined) throw new ChatError('event_invalid', problem.message, { field: problem.field });
  const inner = EVENT_DATA[event.type].safeParse(event.data);
  if (!inner.success) throw invalidEvent(inner.error, 'data');
  const size = Buffer.byteLength(JSON.stringify(event.data));
  if (size > MAX_EVENT_BYTES) {
    throw new ChatError('event_too_big', `The event has ${size} bytes; ${MAX_EVENT_BYTES} are possible.`, {
      field: 'data',
    });
  }
}

function invalidEvent({ issues }: z.ZodError, ...under: readonly string[]): ChatError {
  const [issue] = issues as [z.core.$ZodIssue];
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const field = [...under, ...issue.path, ...unknown].join('.');
  return new ChatError('event_invalid', `The event is not valid at "${field}": ${issue.message}.`, { field });
}

type Unserializable = { readonly field: string; readonly message: string };

/** The first value that JSON would change, drop or never finish, or that PostgreSQL cannot keep. */
function findUnserializable(value: unknown, field: string, above: Set<unknown>): Unserializable | undefined {
  const unfit = (what: string): Unserializable => ({ field, message: `"${field}" ${what}, which cannot travel.` });
  switch (typeof value) {
    case 'boolean':
      return undefined;
    case 'string':
      return value.includes('\0') ? unfit('contains a NUL character') : undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : unfit(`is ${value}`);
    case 'object': {
      if (value === null) return undefined;
      if (above.has(value)) return unfit('contains itself');
      const entries: readonly (readonly [string, unknown])[] = Object.entries(value);
      above.add(value);
      for (const [key, inside] of entries) {
        if (key.includes('\0')) return unfit('has a name with a NUL character');
        const found = findUnserializable(inside, `${field}.${key}`, above);
        if (found !== undefined) return found;
      }
      above.delete(value);
      return undefined;
    }
    default:
      return unfit(`is a ${typeof value}`);
  }
}
