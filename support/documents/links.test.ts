import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { anchorsOf, documents, linksOf } from './markdown';

/** What is wrong with a link, if anything; addresses of other hosts are not asked. */
function problemOf(file: string, link: string): string | undefined {
  if (/^[a-z]+:/i.test(link)) return undefined;
  const [path = '', anchor] = decodeURIComponent(link).split('#');
  const target = path === '' ? file : join(dirname(file), path);
  if (!existsSync(target)) return `${file} links to ${link}, which is not there`;
  if (anchor === undefined || statSync(target).isDirectory()) return undefined;
  if (anchorsOf(readFileSync(target, 'utf8')).includes(`#${anchor}`)) return undefined;
  return `${file} links to ${link}, and ${target} has no such heading`;
}

void test('every relative link in a Markdown file leads to a file, and its anchor to a heading', () => {
  const links = documents().flatMap((file) => linksOf(readFileSync(file, 'utf8')).map((link) => [file, link] as const));
  assert(links.length > 100, `${links.length} links found`);
  assert.deepEqual(
    links.flatMap(([file, link]) => problemOf(file, link) ?? []),
    [],
  );
});

void test('links in code are none, and anchors are those of GitHub', () => {
  assert.deepEqual(linksOf('[a](b.md) `[c](d)` ![e](<f.png>)\n```md\n[g](h)\n```\n'), ['b.md', 'f.png']);
  assert.deepEqual(anchorsOf('# What failed, and why\n## The [`a.ts`](a.ts) file'), [
    '#what-failed-and-why',
    '#the-ats-file',
  ]);
});
