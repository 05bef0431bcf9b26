import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { idSchema } from './schema';

void test('ID-04 the published schema shows integrators the one form of an id', () => {
  const { type, pattern } = z.toJSONSchema(idSchema('thread'));
  assert.deepEqual({ type, pattern }, { type: 'string', pattern: '^thread_[0-7][0-9a-hjkmnp-tv-z]{25}$' });
});
