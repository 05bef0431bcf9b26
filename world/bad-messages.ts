/** What broken or malicious clients send, under the words the features use. `$THREAD` stands for a thread of the sender. */
const question = (text: string, threadId = '$THREAD', more: object = {}): string =>
  JSON.stringify({ type: 'send_message', threadId, clientMessageId: 'spec-1', text, ref: 'm-1', ...more });

export const BAD_MESSAGES = {
  'a torn message': '{"type": "send_mess',
  'a list instead of a message': '[{"type": "ping"}]',
  'null instead of a message': 'null',
  'a number instead of a message': '7',
  'a message without a type': '{"threadId": "$THREAD", "ref": "m-1"}',
  'a message of a blank type': '{"type": "  ", "ref": "m-1"}',
  'a message of a type nobody knows': '{"type": "sing", "ref": "m-1"}',
  'a message with a field nobody knows': question('Where does our money go?', '$THREAD', { userId: 'somebody else' }),
  'a message with a field __proto__': '{"type": "ping", "ref": "m-1", "__proto__": {"isAdmin": true}}',
  'a message with a field of 70 letters': JSON.stringify({ type: 'ping', ref: 'm-1', ['f'.repeat(70)]: 1 }),
  'a message in binary form': Buffer.from('{"type": "ping"}'),
  'a question of blanks': question('   '),
  'a question of a blank name': question('Why?', '$THREAD', { clientMessageId: ' ' }),
  'a question whose name has 129 characters': question('Why?', '$THREAD', { clientMessageId: 'c'.repeat(129) }),
  'a question whose name has a NUL character': question('Why?', '$THREAD', { clientMessageId: 'c\0' }),
  'a question whose name has half an emoji': question('Why?', '$THREAD', { clientMessageId: '\ud83d' }),
  'a question of 8,001 characters': question('a'.repeat(8_001)),
  'a question to something not a thread': question('Where does our money go?', 'default'),
  'a message whose ref has 129 characters': JSON.stringify({ ref: 'm'.repeat(129) }),
  'a message whose ref has 128 characters': JSON.stringify({ ref: 'm'.repeat(128) }),
  'a message whose ref is a list': '{"ref": ["m-1"]}',
  'a message whose ref is a number': '{"ref": 7}',
} as const satisfies Record<string, string | Buffer>;
