import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

/** Every field of every page that is named after a password, or has its type; a client's secret is nobody's password. */
const fields = globSync('platform/page/**/*.html').flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/<input\b[^>]*>/g)]
    .map(([field]) => field)
    .filter((field) => /password/i.test(field) && !field.includes('name="clientSecret"')),
);

void test('AU-05 what is typed as a password is masked, filled in by password managers, and not cut off', () => {
  assert(fields.length > 0, 'there is no field to look at');
  for (const field of fields) {
    assert.match(field, /\btype="password"/);
    assert.match(field, /\bautocomplete="(current|new)-password"/);
    const longest = /\bmaxlength="(\d+)"/.exec(field)?.[1];
    // 128 characters, each of which may be eight of what is typed.
    assert(longest === undefined || Number(longest) >= 1_024, field);
  }
});

void test('AU-05 nothing on the pages keeps anybody from pasting a password', () => {
  const scripts = globSync(['platform/page/**/*.mjs', 'platform/page/**/*.html']);
  assert.deepEqual(
    scripts.filter((file) => /paste/i.test(readFileSync(file, 'utf8'))),
    [],
  );
});
