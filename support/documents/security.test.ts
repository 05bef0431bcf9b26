import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { tableBelow } from './markdown';

const FILE = 'docs/security.md';
const RESULTS = ['met', 'partly', 'unchecked', 'not met yet', 'n/a'];
const STANDARDS = [
  '## RFC 8725, JSON Web Token best current practices',
  '## RFC 9700, OAuth 2.0 security best current practice, where it applies',
  '## RFC 6238 and 4226, one-time codes',
  '### V6 authentication',
  '### V7 session management',
  '### V8 authorization',
  '### V9 self-contained tokens',
  '### V10 OAuth, where it applies',
];
/** How many requirements each section of OWASP ASVS 5.0 has. */
const ASVS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  '### V6 authentication': { 6.1: 3, 6.2: 12, 6.3: 8, 6.4: 6, 6.5: 8, 6.6: 4, 6.7: 2, 6.8: 4 },
  '### V7 session management': { 7.1: 3, 7.2: 4, 7.3: 2, 7.4: 5, 7.5: 3, 7.6: 2 },
  '### V8 authorization': { 8.1: 4, 8.2: 4, 8.3: 3, 8.4: 2 },
  '### V9 self-contained tokens': { 9.1: 3, 9.2: 4 },
};

/** Where the checks that have a letter stand. */
const letters = new Map(
  [...readFileSync(FILE, 'utf8').matchAll(/\*\*([A-Z0-9])\*\*\s+\[[^\]]+\]\(([^)]+)\)/g)].map(
    ([, letter = '', path = '']) => [letter, path],
  ),
);

/** `F AU-05: words, words` or with a link in place of the letter. */
const CHECK = /^(?:([A-Z0-9])|\[`[^`]+`\]\(([^)]+)\))(?: ([A-Z]{2}-\d\d))?(?:: (.+))?$/;

function textOf(path: string): string {
  const files = statSync(path).isDirectory() ? globSync(`${path}/**/*.test.ts`) : [path];
  return files.map((file) => readFileSync(file, 'utf8')).join('\n');
}

/** What is wrong with a check as a cell names it, if anything. */
function problemOf(check: string): string | undefined {
  const [whole, letter, link, rule, words = ''] = CHECK.exec(check) ?? [];
  if (whole === undefined)
    return `"${check}" is no check: a letter or a link, a rule's id, and behind a colon what to look for`;
  const path = link ?? letters.get(letter ?? '');
  if (path === undefined) return `nothing says what ${letter} is`;
  const file = join(dirname(FILE), path);
  if (!existsSync(file)) return `${path} is not there`;
  const text = textOf(file).toLowerCase();
  if (rule !== undefined && !text.includes(rule.toLowerCase())) return `${path} has no ${rule}`;
  const missing = (words.toLowerCase().match(/[a-z0-9]{4,}/g) ?? []).filter((word) => !text.includes(word));
  return missing.length === 0 ? undefined : `${path} says nothing of: ${missing.join(', ')}`;
}

for (const standard of STANDARDS) {
  void test(`${FILE}: every check that is named is there, and each requirement has a result: ${standard}`, () => {
    const problems = tableBelow(standard, FILE).flatMap(([requirement, , checks = '', result = '']) => {
      const named = checks === '' ? [] : checks.split('; ');
      const found = named.map(problemOf).filter((problem) => problem !== undefined);
      if (!RESULTS.includes(result)) found.push(`"${result}" is no result`);
      if (result === 'met' && named.length === 0) found.push('it is met, and no check says so');
      return found.map((problem) => `${requirement}: ${problem}`);
    });
    assert.deepEqual(problems, []);
  });
}

for (const [chapter, sections] of Object.entries(ASVS)) {
  void test(`${FILE} has every requirement of the chapter once: ${chapter}`, () => {
    const listed = tableBelow(chapter, FILE).flatMap(([requirement = '']) => numbersIn(requirement));
    const all = Object.entries(sections).flatMap(([section, count]) =>
      Array.from({ length: count }, (_, i) => `${section}.${i + 1}`),
    );
    assert.deepEqual(listed.toSorted(byNumber), all.toSorted(byNumber));
  });
}

/** Of `6.1.1, 6.3.1 to 6.3.4 what it is about`. */
function numbersIn(requirement: string): readonly string[] {
  return [...requirement.matchAll(/(\d+\.\d+)\.(\d+)(?: to \d+\.\d+\.(\d+))?/g)].flatMap(
    ([, section = '', first = '', last = first]) =>
      Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => `${section}.${Number(first) + i}`),
  );
}

function byNumber(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}
