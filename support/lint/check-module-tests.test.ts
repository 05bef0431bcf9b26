import { strict as assert } from 'node:assert';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { checkModuleTests } from './check-module-tests';
import { sentenceOf } from './lint';

const root = mkdtempSync(join(tmpdir(), 'titles-'));
after(() => rmSync(root, { recursive: true, force: true }));
mkdirSync(join(root, 'ssot/auth'), { recursive: true });

const problems = (text: string): string[] => {
  writeFileSync(join(root, 'ssot/auth/a.test.ts'), text);
  return checkModuleTests(root, ['@AU-05', '@WS-01']).map(sentenceOf);
};

test('titles that begin with the id of a rule are sound, however they are written', () => {
  const sound = `import { describe, it, test } from 'node:test';
test('AU-05 plain', () => {});
test(\`AU-05 also so\`, () => {});
for (const what of ['a']) void test(\`AU-05 \${what}\`, { timeout: 1 }, () => {});
describe('a group', () => {
  void it('WS-01 in it', (t) => t.test('a part of it', () => {}));
});
const tested = /x/.test('no test');
`;
  assert.deepEqual(problems(sound), []);
});

for (const [what, line, said] of [
  ['no id', "test('guesses wait', () => {});", '"guesses wait" does not begin with the id of its rule'],
  ['an id without a space', "test('AU-05: guesses', () => {});", 'does not begin with the id'],
  ['a title that is only a value', 'test(title, () => {});', 'The title is put together elsewhere'],
  ['a value first', 'test(`${what} AU-05`, () => {});', 'does not begin with the id'],
  [
    'the id of no rule',
    "test.skip('AU-07 x', () => {});",
    'AU-07, which is the id of no rule in features/. Known are AU-05.',
  ],
  [
    'the prefix of no module',
    "it('XX-01 x', () => {});",
    'XX-01, which is the id of no rule in features/. No rule begins with XX yet.',
  ],
] as const) {
  test(`it is said where and what to do: ${what}`, () => {
    const [problem = 'nothing is said', ...more] = problems(`import { it, test } from 'node:test';\n${line}\n`);
    assert.deepEqual(more, []);
    assert.ok(problem.startsWith('ssot/auth/a.test.ts:2  '), problem);
    assert.ok(problem.includes(said));
  });
}
