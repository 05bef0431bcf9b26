import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';

const folder = mkdtempSync(join(tmpdir(), 'specs-typescript-test-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** What the program writes to its output, and at its end by a failure to its errors. */
function run(files: Readonly<Record<string, string>>): { out: string; err: string } {
  mkdirSync(join(folder, 'part'), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const args = ['--require', resolve(__dirname, 'register.js'), join(folder, 'main.ts')];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { out: stdout, err: stderr };
}

const MAIN = `import { said } from './part/said';
interface Kept { readonly word: string }
class Keeper { constructor(readonly kept: Kept) {} }
console.log(new Keeper({ word: said() }).kept.word);
`;
const says = (word: string): string => `export const said = (): string => '${word}';\n`;

test('what has changed since the last start is run as it is now, and what is as it was before runs again', () => {
  for (const word of ['one', 'two', 'one']) {
    assert.equal(run({ 'main.ts': MAIN, 'part/said.ts': says(word) }).out, `${word}\n`);
  }
});

test('a failure names the lines that were written, at the first start and later', () => {
  const fails = `/* A comment\n   of two lines. */\ninterface Gone {}\nexport const said = (): string => {\n  throw new Error('broken');\n};\n`;
  for (const start of ['first', 'second']) {
    const { err } = run({ 'main.ts': MAIN, 'part/said.ts': fails });
    assert.match(err, /broken[^]*part\/said\.ts:5:9[^]*main\.ts:4:36/, start);
  }
});

test('two files of one text are told apart', () => {
  const broken = `export const said = (): never => {\n  throw new Error('broken');\n};\n`;
  const main = `import { said } from './part/other';\nsaid();\n`;
  run({ 'main.ts': MAIN, 'part/said.ts': broken });
  assert.match(run({ 'main.ts': main, 'part/other.ts': broken }).err, /part\/other\.ts:2:9/);
});
