import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { idSchema } from './schema';

void test('ID-04 the published schema shows integrators the one form of an id', () => {
  const { type, pattern } = z.toJSONSchema(idSchema('thread'));
  assert.deepEqual({ type, pattern }, { type: 'string', pattern: '^thread_[0-7][0-9a-hjkmnp-tv-z]{25}$' });
});

void test('ID-04 an issue says what is wrong in words that follow the name of its place', () => {
  const [issue] = z.object({ before: idSchema('thread') }).safeParse({ before: 'thread' }).error?.issues ?? [];
  assert.equal(issue?.message, 'must be a thread id, written as thread_ and 26 characters; this is too short.');
});
