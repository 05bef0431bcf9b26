import { z } from 'zod';
import { idSchema } from '../../id-manager';
import { AGENT_KINDS, type EventType } from '../../kernel';
import { EVENT_DATA } from '../threads/log/event-schema';

/** What can happen to a thread besides growing. */
export const THREAD_CHANGES = ['created', 'renamed', 'deleted'] as const;
export type ThreadChange = (typeof THREAD_CHANGES)[number];

const at = z.iso.datetime();
const wholeNumber = z.int().min(0);
const threadId = idSchema('thread');

const CONTROL = {
  welcome: z.strictObject({ connectionId: idSchema('conn'), expiresAt: at, heartbeatMs: wholeNumber }),
  subscribed: z.strictObject({ threadId, firstSeq: wholeNumber, headSeq: wholeNumber }),
  caught_up: z.strictObject({ threadId, seq: wholeNumber }),
  error: z.strictObject({
    code: z.string(),
    message: z.string(),
    field: z.string().optional(),
    retryAfterMs: wholeNumber.optional(),
    headSeq: wholeNumber.optional(),
    limit: z.strictObject({ name: z.string(), max: wholeNumber }).optional(),
    ref: z.string().optional(),
  }),
  restarting: z.strictObject({ reconnectInMs: wholeNumber }),
  pong: z.strictObject({ at }),
  /** One of one's own threads, made, renamed or deleted on whichever device: read it again. */
  thread_changed: z.strictObject({ change: z.enum(THREAD_CHANGES) }),
};

export type ControlType = keyof typeof CONTROL;
/** What a control message carries, by its type. */
export type ControlData = { readonly [T in ControlType]: z.infer<(typeof CONTROL)[T]> };

const control = (type: ControlType): z.ZodType =>
  z.strictObject({ v: z.literal(1), type: z.literal(type), threadId: threadId.nullable(), at, data: CONTROL[type] });

const event = (type: EventType): z.ZodType =>
  z.strictObject({
    v: z.literal(1),
    id: idSchema('event'),
    seq: wholeNumber,
    type: z.literal(type),
    threadId,
    runId: idSchema('run'),
    agent: z.enum(AGENT_KINDS).nullable(),
    at,
    data: EVENT_DATA[type],
  });

/** Everything a device may be sent, by type: control messages, which carry no number, and events. */
export const serverMessages = {
  welcome: control('welcome'),
  subscribed: control('subscribed'),
  caught_up: control('caught_up'),
  error: control('error'),
  restarting: control('restarting'),
  pong: control('pong'),
  thread_changed: control('thread_changed'),
  user_message: event('user_message'),
  agent_started: event('agent_started'),
  agent_thinking: event('agent_thinking'),
  tool_executing: event('tool_executing'),
  tool_completed: event('tool_completed'),
  agent_completed: event('agent_completed'),
  agent_failed: event('agent_failed'),
  agent_cancelled: event('agent_cancelled'),
} satisfies Readonly<Record<ControlType | EventType, z.ZodType>>;
