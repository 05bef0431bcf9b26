import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import type { Outcomes } from './outcomes';

const folder = mkdtempSync(join(tmpdir(), 'outcomes-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const TESTS = `const { after, before, describe, it, test } = require('node:test');
test('WS-05 passes', () => {});
test('WS-05 fails', () => { throw new Error('broken'); });
test('without an id', () => {});
test('WS-06 is passed over', { skip: '' }, () => {});
test('WS-06 is to be done', { todo: true }, () => { throw new Error('not yet'); });
describe('a group', () => it('AU-07 stands in it', (t) => t.test('a part', () => { throw new Error('part'); })));
describe('a group without ground', () => {
  before(() => { throw new Error('no ground'); });
  it('AU-07 has nothing to stand on', () => {});
});
after(() => { throw new Error('not cleaned up'); });
`;

const REPORTER = `require(${JSON.stringify(resolve(__dirname, '../typescript/register.js'))});
const { Outcomes } = require(${JSON.stringify(resolve(__dirname, 'outcomes'))});
module.exports = async function* (source) {
  const outcomes = new Outcomes(${JSON.stringify(folder)});
  for await (const event of source) outcomes.add(event);
  yield JSON.stringify(outcomes);
};
`;

function outcomesOf(tests: string): Outcomes {
  writeFileSync(join(folder, 'some.test.js'), tests);
  writeFileSync(join(folder, 'reporter.cjs'), REPORTER);
  const reporter = `--test-reporter=${join(folder, 'reporter.cjs')}`;
  const { stdout, stderr } = spawnSync(process.execPath, [reporter, join(folder, 'some.test.js')], {
    cwd: resolve(__dirname, '../..'),
    env: { ...process.env, NODE_TEST_CONTEXT: undefined },
    encoding: 'utf8',
  });
  assert.notEqual(stdout, '', stderr);
  return JSON.parse(stdout) as Outcomes;
}

test('each module test is told once with its rule, and what failed around them too', () => {
  const { tests, troubles } = outcomesOf(TESTS);
  assert.deepEqual(
    tests.map(({ title, rule, state, error }) => [title, rule, state, error]),
    [
      ['WS-05 passes', 'WS-05', 'passed', undefined],
      ['WS-05 fails', 'WS-05', 'failed', 'broken'],
      ['without an id', null, 'passed', undefined],
      ['WS-06 is passed over', 'WS-06', 'skipped', undefined],
      ['WS-06 is to be done', 'WS-06', 'skipped', undefined],
      ['AU-07 stands in it', 'AU-07', 'failed', '1 subtest failed'],
      ['AU-07 has nothing to stand on', 'AU-07', 'failed', 'test did not finish before its parent and was cancelled'],
    ],
  );
  assert.deepEqual([...new Set(tests.map(({ file }) => file))], ['some.test.js']);
  assert.deepEqual(troubles, ['a group without ground: no ground', 'some.test.js: not cleaned up']);
});
