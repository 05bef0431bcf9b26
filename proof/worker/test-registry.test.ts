import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { expect } from 'chai';
import { runTest, testsOf } from './test-registry';

const folder = mkdtempSync(join(tmpdir(), 'proof-registry-'));
const log: string[] = [];
Object.assign(globalThis, { registryLog: log });
let files = 0;

/** Registers what the text says, with `node:test` in its stand-in's hands; answers the name of the file. */
function file(text: string): string {
  const path = join(folder, `${++files}.test.ts`);
  const names = 'test, it, describe, before, after, beforeEach, afterEach';
  const registry = JSON.stringify(join(__dirname, 'test-registry'));
  const head = `const { ${names} } = require(${registry}).nodeTest;\nconst say = (word) => registryLog.push(word);\n`;
  writeFileSync(path.replace(/ts$/, 'js'), head + text);
  return path;
}

async function messageOf(work: Promise<void>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return (error as Error).message;
  }
  return 'passed';
}

describe('module tests in a warm process', () => {
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('run one by one, again and again, each with the hooks around it', async () => {
    const path = file(`
      before(() => say('open file')); after(() => say('close file'));
      describe('sums', () => {
        before(() => say('open')); after(() => say('close'));
        beforeEach(() => say('each')); afterEach(() => say('done'));
        it('one', (t) => { t.after(() => say('cleared')); say('one'); });
        it('two', async () => say('two'));
      });`);
    expect(testsOf(path).map(({ title }) => title)).to.deep.equal(['sums > one', 'sums > two']);
    log.length = 0;
    await runTest(path, 'sums > one', 0);
    await runTest(path, 'sums > two', 0);
    await runTest(path, 'sums > one', 0);
    const one = 'open each one cleared done close';
    expect(log.join(' ')).to.equal(`open file ${one} open each two done close ${one}`);
  });

  it('fail as they do elsewhere, and close what they opened', async () => {
    const path = file(`
      test('throws', (t) => { t.after(() => say('cleared')); throw new Error('not equal'); });
      test('inside', async (t) => { await t.test('deeper', () => { throw new Error('deep'); }); });`);
    log.length = 0;
    expect(await messageOf(runTest(path, 'throws', 0))).to.equal('not equal');
    expect(log).to.deep.equal(['cleared']);
    expect(await messageOf(runTest(path, 'inside', 0))).to.equal('deep');
  });

  it('are told apart by number where two have one title, with the place where each was registered', () => {
    const path = file(`test('same', () => {});\ntest('same', () => {});`);
    expect(testsOf(path).map(({ nth, line, column }) => [nth, line, column])).to.deep.equal([
      [0, 3, 1],
      [1, 4, 1],
    ]);
  });

  it('are refused by name when they use what is not known here, or are left out', async () => {
    const path = file(`test('mocks', (t) => t.mock.fn());`);
    expect(await messageOf(runTest(path, 'mocks', 0))).to.include('does not know "mock" of the test context');
    expect(() => testsOf(file(`test('later', { skip: true }, () => {});`))).to.throw('"later" is set to "skip"');
    expect(() => testsOf(file(`test.only('alone', () => {});`))).to.throw();
    expect(await messageOf(runTest(path, 'gone', 0))).to.include('registers no test "gone"');
  });
});
