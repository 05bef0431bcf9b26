import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { linksOf } from './markdown';

const FOLDER = 'docs/decisions';
const INDEX = 'README.md';

void test('every decision stands in the index, once', () => {
  const records = globSync(`${FOLDER}/*.md`).map((file) => basename(file));
  const listed = linksOf(readFileSync(`${FOLDER}/${INDEX}`, 'utf8')).filter((link) => !link.includes('/'));
  assert.deepEqual([...listed].sort(), records.filter((name) => name !== INDEX).sort());
});
