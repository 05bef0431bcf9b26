import { z } from 'zod';
import { idSchema } from '../../id-manager';
import { repeatsName, shapeOfJson } from '../../kernel';
import { ChatError } from '../errors';
import { MAX_MESSAGE, plainText } from './plain-text';

/** A message has a dozen; a frame has room for thousands, of which fifty a second would leave no time for anybody else. */
const MAX_VALUES = 100;
const ref = z.string().min(1).max(128).optional();

export const clientMessage = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('subscribe'),
    threadId: idSchema('thread'),
    afterSeq: z.int().min(0),
    ref,
  }),
  z.strictObject({ type: z.literal('unsubscribe'), threadId: idSchema('thread'), ref }),
  z.strictObject({
    type: z.literal('send_message'),
    threadId: idSchema('thread'),
    clientMessageId: plainText(128),
    text: plainText(MAX_MESSAGE),
    ref,
  }),
  z.strictObject({ type: z.literal('cancel_run'), runId: idSchema('run'), ref }),
  z.strictObject({ type: z.literal('renew'), token: z.string().min(1).max(4_096), ref }),
  z.strictObject({ type: z.literal('ping'), ref }),
  z.strictObject({ type: z.literal('pong'), ref }),
]);
export type ClientMessage = z.infer<typeof clientMessage>;

const TYPES: ReadonlySet<unknown> = new Set(clientMessage.options.map((option) => option.shape.type.value));

/** What a device said, or why it cannot be understood; the value itself is never repeated. */
export function readClientMessage(data: Buffer, isBinary: boolean): { message: ClientMessage } | Refused {
  if (isBinary) {
    return { refused: new ChatError('binary_not_supported', 'Messages are JSON text; binary frames are not read.') };
  }
  const shape = shapeOfJson(data);
  if (shape.values > MAX_VALUES) {
    const words = `The message holds more than ${MAX_VALUES} names and values. Send less.`;
    return { refused: new ChatError('invalid_message', words) };
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(data.toString('utf8'));
  } catch {
    return { refused: new ChatError('invalid_json', 'The message is not JSON.') };
  }
  if (repeatsName(shape, parsed)) {
    return { refused: new ChatError('invalid_message', 'The message has one key twice. Send each key once.') };
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return { refused: new ChatError('invalid_message', 'A message is a JSON object with a "type".') };
  }
  const given = (parsed as { ref?: unknown }).ref;
  const name = typeof given === 'string' && given.length <= 128 ? { ref: given } : {};
  const type: unknown = (parsed as { type?: unknown }).type;
  if (typeof type !== 'string' || type.trim() === '') {
    return { ...name, refused: invalid('type', 'is missing') };
  }
  if (!TYPES.has(type)) {
    return {
      ...name,
      refused: new ChatError('unknown_type', `This type is not known. Known are ${[...TYPES].join(', ')}.`, {
        field: 'type',
      }),
    };
  }
  const read = clientMessage.safeParse(parsed);
  if (read.success) return { message: read.data };
  const [issue] = read.error.issues as [z.core.$ZodIssue];
  if (issue.code === 'unrecognized_keys') {
    return { ...name, refused: invalid(String(issue.keys[0]), 'is not a known field') };
  }
  return { ...name, refused: invalid(issue.path.join('.'), issue.message) };
}
export interface Refused {
  readonly refused: ChatError;
  readonly ref?: string;
}

function invalid(field: string, problem: string): ChatError {
  return new ChatError('invalid_message', problem.startsWith('"') ? problem : `"${field.slice(0, 64)}" ${problem}`, {
    field: field.slice(0, 64),
  });
}
