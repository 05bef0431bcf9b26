import { strict as assert } from 'node:assert';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, describe, test } from 'node:test';

/*
 * The real command on small suites of their own: what Cucumber would let through must not pass the gate.
 */

const ROOT = resolve(__dirname, '../..');
const suite = mkdtempSync(join(tmpdir(), 'gate-'));
after(() => rmSync(suite, { recursive: true, force: true }));

const scenario = (name: string, when: string, tags = '@unit'): string => `
    ${tags}
    Scenario: ${name}
      Given a state
      When ${when}
      Then it passes
`;

const HEAD = `@chat @websocket-manager
Feature: Gate
  What is let through, customers meet.

  Business value:
    Segment: Free
    Goal: Retention
    Impact: Nothing passes that shows nothing
    Revenue: chat
`;

const FEATURES = {
  sound: ['@WS-01', scenario('good', 'it happens') + scenario('better', 'it happens')],
  flaky: ['@WS-02', scenario('flaky', 'it happens at the second attempt')],
  skipped: ['@WS-03', scenario('skipping', 'it skips') + scenario('hooked', 'it happens', '@unit @hard')],
  pending: ['@WS-04', scenario('pending', 'it is pending')],
  ambiguous: ['@WS-06', scenario('ambiguous', 'it is ambiguous')],
  failing: ['@WS-07', scenario('failing', 'it fails')],
  exiting: ['@WS-08', scenario('exiting', 'the process ends')],
  lost: ['@WS-10', scenario('lost', 'its service is lost') + scenario('lost too', 'it happens')],
  stopped: ['@WS-09', scenario('stopped', 'somebody interrupts')],
} as const;

const STEPS = `const { Given, When, Then, Before, After, AfterAll } = require('@cucumber/cucumber');
let times = 0;
let lost = false;
Given('a state', () => {});
When('it happens', () => {});
When('it happens at the second attempt', () => { if (times++ === 0) throw new Error('first'); });
When('it skips', () => 'skipped');
When('it is pending', () => 'pending');
When('it is ambiguous', () => {});
When(/it is ambi.*/, () => {});
When('it fails', () => { throw new Error('broken'); });
When('the process ends', () => process.exit(0));
When('its service is lost', () => { lost = true; throw new Error('refused'); });
When('somebody interrupts', async () => {
  setImmediate(() => process.kill(process.pid, 'SIGINT'));
  await new Promise((heard) => process.prependOnceListener('SIGINT', heard));
  throw new Error('its service was stopped');
});
Then('it passes', () => {});
Then('nobody says this', () => {});
Before({ tags: '@hard' }, () => 'skipped');
const blame = () => {
  if (lost) throw new Error('PostgreSQL was lost at 2026-01-02T03:04:05.000Z in the middle of the run (killed). So.');
};
Before(blame);
After(blame);
AfterAll(blame);
`;

mkdirSync(join(suite, 'features/chat'), { recursive: true });
symlinkSync(join(ROOT, 'node_modules'), join(suite, 'node_modules'));
for (const file of ['revenue-streams.yaml', 'tags.yaml'])
  cpSync(join(ROOT, 'features', file), join(suite, 'features', file));
writeFileSync(join(suite, 'steps.js'), STEPS);
for (const [name, [id, scenarios]] of Object.entries(FEATURES)) {
  writeFileSync(join(suite, `features/chat/${name}.feature`), `${HEAD}\n  ${id}\n  Rule: ${name}\n${scenarios}`);
}

writeFileSync(
  join(suite, 'endless.mjs'),
  "export default { type: 'plugin', coordinator: () => () => new Promise(() => {}) };\n",
);

writeFileSync(
  join(suite, 'stopping.mjs'),
  "export default { type: 'plugin', coordinator: () => void process.on('SIGINT', () => setTimeout(() => process.exit(130), 300)) };\n",
);
writeFileSync(join(suite, '@list.txt'), 'features/chat/sound.feature:16\nsound.featur:3\n');
writeFileSync(join(suite, 'unknown.feature'), `Feature: x\n${scenario('unknown', 'it hapens')}`);
writeFileSync(join(suite, 'torn.feature'), 'Feature: x\n  Scenario: y\n    Given z\n    Gibberish\n');

function run(...options: string[]): Promise<{ status: number; said: string }> {
  const cucumber = join(ROOT, 'node_modules/@cucumber/cucumber/bin/cucumber.js');
  const plugin = join(ROOT, 'support/plugins/gate.mts');
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
  return new Promise((done) => {
    const child = execFile(
      process.execPath,
      [cucumber, '--plugin', plugin, '--require', 'steps.js', ...options],
      { cwd: suite, env },
      (_failure, _stdout, said) => done({ status: child.exitCode ?? -1, said }),
    );
  });
}

const CASES: readonly (readonly [name: string, options: string, status: number, said: RegExp])[] = [
  ['all passed', 'features/chat/sound.feature', 0, /^\nScenarios: 2 passed, 0 failed\n$/],
  ['one shard of what passes', 'features/chat/sound.feature --shard 1/2', 0, /^\nScenarios: 1 passed, 0 failed\n$/],
  ['an empty shard', 'features/chat/sound.feature --shard 3/3', 66, /No scenario was selected/],
  ['a misspelt tag', '--tags @hrad', 64, /--tags: @hrad is not a known tag. Did you mean @hard\?/],
  [
    'a path that leads nowhere beside one that does',
    'features/chat/sound.feature:16 features/chat/sond.feature:16',
    64,
    /Not run.*\n {2}features\/chat\/sond.feature does not exist. The nearest is features\/chat\/sound.feature.\s*$/,
  ],
  ['a path that leads nowhere in a list of paths', '@list.txt', 64, /The nearest is features\/chat\/sound.feature/],
  ['a line and a pattern', 'features/chat/sound.feature:15 features/**/s?und.feature', 0, /1 passed/],
  ['a dry run', 'features/chat/sound.feature --dry-run', 65, /A dry run executes nothing/],
  ['a pass on the second attempt', '--name flaky --retry 1', 65, /flaky.feature:15 {2}"flaky" is flaky/],
  ['skipped by a step and by a hook', 'features/chat/skipped.feature', 65, /at "it skips"[^]*skipped by a hook/],
  [
    'pending where Cucumber tolerates it, and ambiguous',
    '--name pending --name ambiguous --no-strict --order random',
    1,
    /(?=[^]*"it is pending" is not finished)[^]*fits steps.js:9 and steps.js:10/,
  ],
  [
    'a step that no sentence fits',
    'unknown.feature features/chat/sound.feature',
    1,
    /^\s*Not run.*\n.*unknown.feature:6 {2}No sentence reads "it hapens"\. The nearest: "it happens" \(steps.js:5\)\. All of them: npm run sentences\.\s*$/,
  ],
  ['the process ends with success in the middle', '--name exiting', 70, /no result for 1 of 1/],
  ['a worker ends with success in the middle', '--name exiting --parallel 2', 1, /no result for 1 of 1/],
  [
    'a failure and a flake',
    '--name flaky --name failing --retry 1 --parallel 2',
    1,
    /(?=[^]*"failing" failed)[^]*"flaky" is flaky/,
  ],
  [
    'what Cucumber passes over after the first failure is not called skipped',
    '--name failing --name good --fail-fast',
    1,
    /^\s*Not a pass: failed.*\n.*"failing" failed\.\s*$/,
  ],
  [
    'the process ends before the clean-up does',
    'features/chat/sound.feature --plugin ./endless.mjs',
    70,
    /ended while the run was being cleaned up/,
  ],
  [
    'an interrupt',
    '--name stopped',
    130,
    /^\s*Not a pass: aborted.*\n {2}The run was interrupted: no result for 1 of 1/,
  ],
  [
    'what a lost service left unjudged',
    '--name lost',
    69,
    /^\s*Not a pass: environment broken.*\n {2}2 scenarios were not judged, because PostgreSQL was lost\. Run them again\.\n.*Something around/,
  ],
  [
    'what failed beside a lost service',
    '--name failing --name lost',
    1,
    /"failing" failed[^]*scenarios? (was|were) not judged/,
  ],
  [
    'what fails because it was interrupted',
    '--name stopped --plugin ./stopping.mjs',
    130,
    /^\s*Not a pass: aborted.*\n {2}The run was interrupted: no result for 1 of 1 scenarios\.\s*$/,
  ],
  [
    'what had failed before the interrupt',
    '--name failing --name stopped --plugin ./stopping.mjs',
    1,
    /^\s*Not a pass: failed.*\n.*"failing" failed\.\n {2}The run was interrupted: no result for 1 of 2 scenarios\.\s*$/,
  ],
  ['a feature that cannot be read', 'torn.feature', 1, /^\s*Not run.*\n.*torn.feature:4 {2}This cannot be read/],
  [
    'a step that nobody uses in a whole run',
    '--order random --parallel 2 --dry-run',
    1,
    /steps.js:20 {2}No scenario uses the step "nobody says this"/,
  ],
];

describe('the gate', { concurrency: 2 }, () => {
  for (const [name, options, status, said] of CASES) {
    test(`${name}: exit status ${status}`, async () => {
      const result = await run(...options.split(' '));
      assert.match(result.said, said);
      assert.equal(result.status, status, result.said);
    });
  }
});
