import { z } from 'zod';
import { clientMessage, CLOSE, serverMessages } from '../../../ssot/websocket-manager';

type ClientType = z.infer<typeof clientMessage>['type'];
type ServerType = keyof typeof serverMessages;

const SAID: Readonly<Record<ClientType, string>> = {
  subscribe: 'Show me this thread: everything after the number `afterSeq`, then what happens. Say it again to resume.',
  unsubscribe: 'Show me no more of this thread.',
  send_message: 'Ask. The answer is the event `user_message`, which names the run; said twice, it is taken once.',
  cancel_run: 'Stop this run. Its last event is `agent_cancelled`.',
  renew: 'Here is a newer token of the same person. The answer is another `welcome`.',
  ping: 'Are you there?',
  pong: 'I am here.',
};
const SHOWN: Readonly<Record<ServerType, string>> = {
  welcome: 'You are admitted, until `expiresAt`. Say `renew` before that.',
  subscribed: 'The thread holds events `firstSeq` to `headSeq`.',
  caught_up: 'Everything that was stored has been shown, up to `seq`; from here on you watch live.',
  error: 'Something was refused: `code` says what, `field` where, `ref` which of your messages.',
  restarting: 'This instance goes away. Open a new connection in `reconnectInMs`, resume there, then close this one.',
  pong: 'I am here.',
  thread_changed: 'One of your threads was made, renamed or deleted, on whichever device. Read your list again.',
  user_message: 'What was asked. `waiting` runs are ahead of this one.',
  agent_started: 'An agent has begun to answer.',
  agent_thinking: 'What the agent is doing.',
  tool_executing: 'A tool is called.',
  tool_completed: 'The call with the same `callId` has ended.',
  agent_completed: 'The answer. Nothing follows in this run.',
  agent_failed: 'There will be no answer. Nothing follows in this run.',
  agent_cancelled: 'The run was stopped. Nothing follows in it.',
};

/** AsyncAPI 3.0 of the live connections, made from the schemas that messages are checked with. */
export function asyncApiDocument(): object {
  const said = Object.fromEntries(clientMessage.options.map((schema) => [schema.shape.type.value, schema]));
  const heard = messagesOf('said', SAID, said);
  const told = messagesOf('shown', SHOWN, serverMessages);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Agent chat platform: live connections',
      version: '1',
      description:
        'One WebSocket per device, subprotocol `chat.v1`. Send the token as `Authorization: Bearer <token>`, or, from ' +
        'a browser, as a second subprotocol `bearer.<token>`; never in the address. Events of a thread are numbered by ' +
        '`seq`, one by one: resume after the last one you have.',
    },
    defaultContentType: 'application/json',
    channels: {
      chat: {
        address: '/v1/chat',
        description: `Close codes: ${Object.entries(CLOSE)
          .map(([reason, code]) => `${code} ${reason}`)
          .join(', ')}.`,
        messages: refs('#/components/messages', { ...heard, ...told }),
        bindings: { ws: { method: 'GET', bindingVersion: '0.1.0' } },
      },
    },
    operations: {
      say: operation('receive', 'What a device says.', Object.keys(heard)),
      show: operation('send', 'What a device is shown.', Object.keys(told)),
    },
    components: {
      messages: { ...heard, ...told },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
    },
  };
}

/** Both sides have a `pong`, so a message is listed under its side and its type. */
function messagesOf<T extends string>(
  side: 'said' | 'shown',
  summaries: Readonly<Record<T, string>>,
  schemas: Readonly<Record<string, z.ZodType>>,
): Readonly<Record<string, object>> {
  return Object.fromEntries(
    (Object.entries(summaries) as [T, string][]).map(([type, summary]) => {
      // What JSON Schema cannot say of a message, the endpoint still checks.
      const { $schema: _, ...payload } = z.toJSONSchema(schemas[type] as z.ZodType, {
        target: 'draft-7',
        io: 'input',
        unrepresentable: 'any',
      });
      return [`${side}_${type}`, { name: type, summary, payload }];
    }),
  );
}

function operation(action: 'receive' | 'send', summary: string, messages: readonly string[]): object {
  return {
    action,
    summary,
    channel: { $ref: '#/channels/chat' },
    messages: messages.map((name) => ({ $ref: `#/channels/chat/messages/${name}` })),
    security: [{ $ref: '#/components/securitySchemes/bearer' }],
  };
}

function refs(under: string, names: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.keys(names).map((name) => [name, { $ref: `${under}/${name}` }]));
}
