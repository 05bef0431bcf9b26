/** What broken clients send, under the words that features use. `$THREAD` stands for a thread of the sender. */
export const BAD_MESSAGES = {
  'half a message': '{"type": "send_mess',
  'a message in binary form': Buffer.from('{"type": "ping"}'),
  'a question of blanks': '{"type": "send_message", "threadId": "$THREAD", "clientMessageId": "spec-1", "text": "   "}',
  'a message of a type nobody knows': '{"type": "sing", "ref": "m-1"}',
} as const satisfies Record<string, string | Buffer>;
