import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHAT_CODES, ChatError, type ChatCode } from './errors';

void test('WS-10 only refusals that pass by themselves invite to try the same again', () => {
  const codes = Object.keys(CHAT_CODES) as ChatCode[];
  assert.deepEqual(
    codes.filter((code) => new ChatError(code, 'no').retryable),
    ['auth_unavailable', 'rate_limited', 'not_ready', 'overloaded', 'restarting'],
  );
});
