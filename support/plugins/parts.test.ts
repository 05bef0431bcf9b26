import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import type { Ledger } from '../../reports/ledger/ledger';
import { OF_PART, OF_WHOLE_RUN, type RunPlaces } from '../../reports/model/run-places';

/*
 * The real command with the plugins that keep what a run says, on a small suite of its own.
 */

const ROOT = resolve(__dirname, '../..');
const suite = mkdtempSync(join(tmpdir(), 'parts-'));
after(() => rmSync(suite, { recursive: true, force: true }));

const feature = (name: string, id: string): string => `@chat @websocket-manager
Feature: ${name}
  ${id}
  Rule: It works

    @unit
    Scenario: ${name} works
      Given a state
`;

mkdirSync(join(suite, 'features/chat'), { recursive: true });
symlinkSync(join(ROOT, 'node_modules'), join(suite, 'node_modules'));
for (const file of ['revenue-streams.yaml', 'tags.yaml'])
  cpSync(join(ROOT, 'features', file), join(suite, 'features', file));
writeFileSync(join(suite, 'features/chat/one.feature'), feature('One', '@WS-01'));
writeFileSync(join(suite, 'features/chat/two.feature'), feature('Two', '@WS-02'));
writeFileSync(join(suite, 'steps.js'), "require('@cucumber/cucumber').Given('a state', () => {});\n");

function run(...options: string[]): string {
  const plugins = ['record', 'living-docs', 'ledger'].flatMap((name) => [
    '--plugin',
    join(ROOT, `support/plugins/${name}.mts`),
  ]);
  const cucumber = join(ROOT, 'node_modules/@cucumber/cucumber/bin/cucumber.js');
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
  const args = [cucumber, ...plugins, '--require', 'steps.js', ...options];
  return spawnSync(process.execPath, args, { cwd: suite, env, encoding: 'utf8' }).stderr;
}

const front = ({ site }: RunPlaces): string => readFileSync(join(suite, site, 'index.html'), 'utf8');
const text = (path: string): string => readFileSync(join(suite, path), 'utf8');
const keptOf = (places: RunPlaces): string => front(places) + text(places.ledger) + text(places.messages);

test('a run of a part is kept beside the last whole one, and says that it is a part', () => {
  assert.match(run(), /Living documentation: reports\/output\/site\/index.html/);
  assert.doesNotMatch(front(OF_WHOLE_RUN), /not a whole run/);
  const whole = keptOf(OF_WHOLE_RUN);
  for (const narrow of [['features/chat/one.feature'], ['--tags', '@WS-01'], ['--name', 'One'], ['--shard', '1/2']]) {
    rmSync(join(suite, OF_PART.site), { recursive: true, force: true });
    assert.match(run(...narrow), /documentation of this part: reports\/output\/site-of-a-part\/index.html/, narrow[0]);
    assert.match(front(OF_PART), /not a whole run/, narrow[0]);
    assert.equal((JSON.parse(text(OF_PART.ledger)) as Ledger).run.whole, false, narrow[0]);
    assert.equal(text(OF_PART.messages).match(/"testCaseFinished"/g)?.length, 1, narrow[0]);
    assert.ok(keptOf(OF_WHOLE_RUN) === whole, `${narrow.join(' ')} has replaced what the whole run left`);
  }
});

test('a selection of everything is a whole run, however it was asked for', () => {
  rmSync(join(suite, OF_PART.site), { recursive: true, force: true });
  rmSync(join(suite, OF_WHOLE_RUN.site), { recursive: true, force: true });
  run('--tags', '@WS-01 or @WS-02', 'features');
  assert.doesNotMatch(front(OF_WHOLE_RUN), /not a whole run/);
  assert.equal(existsSync(join(suite, OF_PART.site)), false);
});
