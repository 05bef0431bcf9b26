import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { WrongUsage, wishOf } from './command-line';

const options = {
  people: { says: 'at work', default: 50 },
  'lose-one': { says: 'loses one', default: false },
} as const;
const wish = (...args: string[]) => wishOf(args, { kills: { options } }, () => 7);

test('what is not given has its usual value, and a seed is drawn', () => {
  assert.deepEqual(wish('kills'), { name: 'kills', seed: 7, given: { people: 50, 'lose-one': false } });
  assert.deepEqual(wish('kills', '--people', '3', '--lose-one', '--seed', '9'), {
    ...{ name: 'kills', seed: 9, given: { people: 3, 'lose-one': true } },
  });
});

for (const [args, sentence] of [
  [[], /Which exercise\? There are kills\./],
  [['--people', '3'], /Which exercise/],
  [['kill'], /no exercise "kill"\. Did you mean kills\?/],
  [['kills', '--peple', '3'], /Unknown option '--peple'.*kills takes --seed, --people, --lose-one/],
  [['kills', '--people', 'many'], /--people takes a whole number from 1, not "many"/],
  [['kills', '--people', '0'], /--people takes a whole number from 1/],
  [['kills', '--seed', '-1'], /seed/],
] as const) {
  test(`wrong usage is named: ${args.join(' ') || 'nothing'}`, () => {
    assert.throws(
      () => wish(...args),
      (error) => error instanceof WrongUsage && sentence.test(error.message),
    );
  });
}

/** The whole command on real stores and processes, small: it loses one of the acknowledged writes and must say so. */
test('an exercise that finds one acknowledged write lost names it and ends with 1', async () => {
  const { status, output } = await run('kills', '--seed', '7', '--people', '4', '--lose-one', ...QUICK);
  const lost = /took away what was acknowledged: (\S+ \S+)/.exec(output)?.[1];
  assert.ok(lost, output);
  assert.match(
    output,
    new RegExp(`questions: ${lost} was acknowledged as "asked once, \\S+, ended once" and cannot be read`),
  );
  assert.match(output, /uses of models that read otherwise than acknowledged +0 +none +kept/);
  assert.equal(status, 1, output);
});

const QUICK = ['--seconds', '3', '--instances', '1', '--think-ms', '150', '--every-ms', '1500'];

function run(...args: string[]): Promise<{ status: number | string; output: string }> {
  const main = [...['--require', './support/typescript/register.js'], resolve(__dirname, 'main.ts'), ...args];
  return new Promise((done) => {
    execFile(process.execPath, main, { cwd: resolve(__dirname, '..') }, (error, stdout, stderr) => {
      done({ status: error === null ? 0 : (error.code ?? 'killed'), output: stderr + stdout });
    });
  });
}
