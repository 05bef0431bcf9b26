/** What broken or malicious clients send, under the words the features use. `$THREAD` stands for a thread of the sender. */
const question = (text: string, threadId = '$THREAD', more: object = {}): string =>
  JSON.stringify({ type: 'send_message', threadId, clientMessageId: 'spec-1', text, ...more });

export const BAD_MESSAGES = {
  'a torn message': '{"type": "send_mess',
  'a list instead of a message': '[{"type": "ping"}]',
  'a message without a type': '{"threadId": "$THREAD"}',
  'a message of a type nobody knows': '{"type": "sing"}',
  'a message with a field nobody knows': question('Where does our money go?', '$THREAD', { userId: 'somebody else' }),
  'a message in binary form': Buffer.from('{"type": "ping"}'),
  'a question of blanks': question('   '),
  'a question of 8,001 characters': question('a'.repeat(8_001)),
  'a question to something not a thread': question('Where does our money go?', 'default'),
} as const satisfies Record<string, string | Buffer>;
