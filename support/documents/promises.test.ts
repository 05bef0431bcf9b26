import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { sep } from 'node:path';
import { test } from 'node:test';

const FILE = 'docs/decisions/chat-promises.md';
const CHECK = /`([\w./-]+\.(?:feature|test\.ts|exercise\.ts|bench\.ts|yaml|txt))`/g;

void test(`${FILE}: every check that is named is there, and no other file can be meant`, () => {
  const files = globSync(
    '{features,ssot,platform,support,reports,proof,soak,bench,world}/**/*.{feature,ts,yaml,txt}',
  ).map((file) => file.split(sep).join('/'));
  const named = new Set([...readFileSync(FILE, 'utf8').matchAll(CHECK)].map(([, name = '']) => name));
  assert.ok(named.size > 50, `${named.size} checks are named`);
  const meant = (name: string): readonly string[] => files.filter((file) => `/${file}`.endsWith(`/${name}`));
  const unclear = [...named].filter((name) => meant(name).length !== 1);
  assert.deepEqual(unclear, []);
});
