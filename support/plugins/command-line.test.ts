import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { asked, type Asked } from './command-line';

const NOTHING: Asked = {
  tags: [],
  dryRun: false,
  failFast: false,
  shard: undefined,
  parallel: undefined,
  narrow: false,
};

const CASES: readonly (readonly [args: string, expected: Partial<Asked>])[] = [
  ['', {}],
  ['-pdefault', {}],
  ['-pdev', {}],
  ['-fhtml:report.html', {}],
  ['-f html:report.html --order random:5', {}],
  ['-rsupport/d.ts', {}],
  ['-d', { dryRun: true }],
  ['-bd', { dryRun: true }],
  ['--dry-run', { dryRun: true }],
  ['--fail-fast', { failFast: true }],
  ['-t@hard', { tags: ['(@hard)'], narrow: true }],
  ['-t @hard --tags=@unit', { tags: ['(@hard) and (@unit)'], narrow: true }],
  ['--name dry', { narrow: true }],
  ['features/chat -pdev', { narrow: true }],
  ['--shard 1/4', { shard: '1/4', narrow: true }],
];

for (const [args, expected] of CASES) {
  test(`"${args}" means to the plugins what it means to Cucumber`, () => {
    assert.deepEqual(asked(args.split(' ').filter(Boolean)), { ...NOTHING, ...expected });
  });
}
