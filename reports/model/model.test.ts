import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test, { after } from 'node:test';
import { TestStepResultStatus, type Envelope } from '@cucumber/messages';
import { emptyRecord } from '../../proof/record/record';
import type { StandingRecord } from '../../proof/record/standing';
import { buildModel } from './build-model';
import { businessValueOf, takeApart } from './features/business-value';
import { readMessages } from './messages';
import { ruleOfTitle, type ModuleTest, type ModuleTestRun } from './module-tests';
import { proofsOf } from './proofs';
import type { RunModel, ScenarioModel } from './run-model';

const ROOT = resolve(__dirname, '../..');
const suite = mkdtempSync(join(tmpdir(), 'model-'));
after(() => rmSync(suite, { recursive: true, force: true }));

const FEATURE = `@chat
Feature: Delivery
  Prose.

  Business value:
    Segment: Free, Early
    Goal: Retention
    Impact: It arrives
      and stays
    Revenue: chat

  @WS-05
  Rule: Each tab gets it
    Why it matters.

    Scenario: Plain
      Given a state
      Then it holds these
        | a | b |

    Scenario Outline: Family of <colour>: <case>
      Given a state
      Then it holds

      Examples:
        | case  | colour |
        | first | red    |

    Scenario: Wobbly
      Given a state
      Then it holds the second time

    Scenario: Leaving
      Given a state
      Then it steps aside
`;

const STEPS = `const { Given, Then, Before } = require('@cucumber/cucumber');
let times = 0;
Before(() => {});
Given('a state', () => {});
Then('it holds', () => {});
Then('it holds these', (_table) => {});
Then('it holds the second time', () => { if (times++ === 0) throw new Error('not yet'); });
Then('it steps aside', function () { this.attach('seen', 'text/plain'); return 'skipped'; });
`;

mkdirSync(join(suite, 'features'));
symlinkSync(join(ROOT, 'node_modules'), join(suite, 'node_modules'));
writeFileSync(join(suite, 'features/a.feature'), FEATURE);
writeFileSync(join(suite, 'steps.js'), STEPS);

function recorded(...options: string[]): string {
  const cucumber = join(ROOT, 'node_modules/@cucumber/cucumber/bin/cucumber.js');
  const record = join(suite, 'messages.ndjson');
  spawnSync(process.execPath, [cucumber, '--require', 'steps.js', '--format', `message:${record}`, ...options], {
    cwd: suite,
  });
  return record;
}

const featureFiles = ['features/a.feature'];
const scenario = (model: RunModel, name: string): ScenarioModel => {
  const found = model.features[0]?.rules[0]?.scenarios.find((one) => one.name === name);
  assert.ok(found, name);
  return found;
};

/** What is known of one check: the names of the units in which it noticed a mutant, changed values, realistic defects. */
function standing(
  module: string,
  check: string,
  { noticed, values, defects }: { noticed: readonly string[]; values: number; defects: readonly string[] },
): StandingRecord {
  const record = emptyRecord(module, 'none');
  record.checks.set(check, {
    id: check,
    kind: 'scenario',
    title: check,
    values: { noticed: values, meaningless: 0, unnoticed: [] },
  });
  for (const id of defects) record.defects.set(id, { id, fingerprint: '', noticedBy: [check] });
  const units = [...Map.groupBy(noticed, (name) => name)].map(([name, all]) => ({
    hash: name,
    name,
    mutants: all.length,
    noticed: new Map(all.map((_, rank) => [rank, new Set([check])])),
    survivors: new Map(),
    ignored: new Set<number>(),
  }));
  // Code that has changed since proves nothing.
  const gone = { hash: 'gone', name: 'gone', mutants: 1, noticed: new Map([[0, new Set([check])]]) };
  record.units.set('gone', { ...gone, survivors: new Map(), ignored: new Set() });
  const catalogue = defects.map((id) => ({ id, module, sentence: id, customerSees: '', edits: [] }));
  return { record, units, changed: 0, defects: new Map(catalogue.map((defect) => [defect.id, defect])) };
}

test('a run becomes a model: lasting names, every attempt, and outcomes that a retry does not polish', async () => {
  const record = recorded('--retry', '1', '--parallel', '2');
  const first = await buildModel(readMessages(record), { proofs: proofsOf([]), moduleTests: null, featureFiles });
  const feature = first.features[0];
  assert.deepEqual(feature?.businessValue, {
    segment: ['Free', 'Early'],
    goal: 'Retention',
    impact: 'It arrives and stays',
    revenue: 'chat',
  });
  assert.equal(feature?.description, 'Prose.');
  assert.equal(feature?.rules[0]?.description, 'Why it matters.');
  assert.equal(scenario(first, 'Family of red').key, 'WS-05 / Family of red / first');
  assert.equal(scenario(first, 'Plain').outcome, 'passed');
  assert.deepEqual(scenario(first, 'Plain').attempts[0]?.steps[1]?.table, [['a', 'b']]);
  assert.equal(scenario(first, 'Plain').attempts[0]?.steps[1]?.definition, 'steps.js:6');
  const wobbly = scenario(first, 'Wobbly');
  assert.deepEqual([wobbly.outcome, wobbly.attempts.map(({ status }) => status)], ['flaky', ['FAILED', 'PASSED']]);
  assert.match(wobbly.attempts[0]?.error ?? '', /not yet/);
  assert.equal(scenario(first, 'Leaving').outcome, 'blocked');
  assert.deepEqual(
    scenario(first, 'Leaving').attempts[0]?.attachments.map(({ body }) => body),
    ['seen'],
  );
  assert.deepEqual(
    [first.success, first.whole, first.partialBecause],
    [false, false, ['1 of 4 scenarios was skipped.']],
  );

  const { meaning } = scenario(first, 'Plain');
  const proofs = proofsOf([
    standing('one', meaning, { noticed: ['add', 'take', 'take'], values: 0, defects: ['A misunderstanding.'] }),
    standing('two', meaning, { noticed: ['read'], values: 1, defects: [] }),
  ]);
  const proven = await buildModel(readMessages(record), { proofs, moduleTests: null, featureFiles });
  assert.equal(scenario(proven, 'Plain').outcome, 'proven');
  assert.deepEqual(scenario(proven, 'Plain').caught, {
    systemMutants: 4,
    specificationMutants: 1,
    realisticDefects: 1,
    examples: ['A misunderstanding.', 'take in one', 'add in one'],
  });
  assert.equal(proofs.of('reworded since'), undefined);
  assert.equal(proofsOf([standing('one', meaning, { noticed: [], values: 0, defects: [] })]).of(meaning), undefined);
});

test('what fails before all, after all or around the run makes the run failing', async () => {
  const sources = { proofs: proofsOf([]), moduleTests: null, featureFiles };
  for (const [hook, failure] of [
    ['BeforeAll', /^BeforeAll at hooks.js:2 failed: .*no ground/],
    ['AfterAll', /^AfterAll at hooks.js:2 failed: .*no ground/],
  ] as const) {
    writeFileSync(
      join(suite, 'hooks.js'),
      `const { ${hook} } = require('@cucumber/cucumber');\n${hook}(() => { throw new Error('no ground'); });\n`,
    );
    const model = await buildModel(readMessages(recorded('--require', 'hooks.js', '--name', 'Plain')), sources);
    assert.equal(model.success, false, hook);
    assert.equal(model.failures.length, 1, hook);
    assert.match(model.failures[0] ?? '', failure);
  }
  const sound: Envelope[] = [];
  for await (const message of readMessages(recorded('--name', 'Plain'))) sound.push(message);
  const ended = (more: object): Envelope[] =>
    sound.map((message) =>
      message.testRunFinished ? { testRunFinished: { ...message.testRunFinished, success: false, ...more } } : message,
    );
  assert.deepEqual((await buildModel(sound, sources)).failures, []);
  assert.deepEqual((await buildModel(ended({ message: 'no worker is left\nat x' }), sources)).failures, [
    'The run failed: no worker is left',
  ]);
  assert.match(
    (await buildModel(ended({}), sources)).failures.join(),
    /^The run failed, and Cucumber does not say why/,
  );
});

test('module tests are counted under their rule, on the commit of the run only', async () => {
  const record = recorded('--name', 'Plain');
  const moduleTest = (title: string, state: ModuleTest['state']): ModuleTest => ({
    title,
    rule: ruleOfTitle(title),
    file: 'ssot/a.test.ts',
    state,
    durationMs: 1,
    ...(state === 'failed' && { error: 'broken' }),
  });
  const moduleTests: ModuleTestRun = {
    schemaVersion: 1,
    startedAt: '2026-01-02T03:04:05.000Z',
    finishedAt: '2026-01-02T03:04:06.000Z',
    commit: null,
    troubles: ['a group: no ground'],
    tests: [
      moduleTest('WS-05 holds', 'passed'),
      moduleTest('WS-05 breaks', 'failed'),
      moduleTest("WS-99 is nobody's", 'failed'),
      moduleTest('without an id', 'failed'),
    ],
  };
  const built = (run: ModuleTestRun, files = featureFiles): Promise<RunModel> =>
    buildModel(readMessages(record), { proofs: proofsOf([]), moduleTests: run, featureFiles: files });
  const model = await built(moduleTests);
  assert.deepEqual(model.features[0]?.rules[0]?.moduleTests, {
    passed: 1,
    skipped: 0,
    failed: [{ title: 'WS-05 breaks', file: 'ssot/a.test.ts', error: 'broken' }],
  });
  assert.equal(model.success, false);
  assert.deepEqual(model.failures, [
    'Around the module tests: a group: no ground',
    'The module test "WS-99 is nobody\'s" in ssot/a.test.ts failed, and it stands under no rule.',
    'The module test "without an id" in ssot/a.test.ts failed, and it stands under no rule.',
  ]);
  const ofPart = await built(moduleTests, [...featureFiles, 'features/b.feature']);
  assert.deepEqual(ofPart.failures, [model.failures[0], model.failures[2]], 'the rule may stand in what was left out');
  const around = await built({ ...moduleTests, tests: [] });
  assert.deepEqual([around.success, around.failures], [false, [model.failures[0]]]);
  const stale = await built({ ...moduleTests, commit: 'another' });
  assert.deepEqual([stale.moduleTests, stale.success, stale.failures], [null, true, []]);
});

test('a part of the suite never looks like the whole', async () => {
  const record = recorded('--name', 'Plain');
  const sources = {
    proofs: proofsOf([]),
    moduleTests: null,
    featureFiles: ['features/a.feature', 'features/b.feature'],
  };
  const model = await buildModel(readMessages(record), sources);
  assert.equal(model.success, true);
  assert.equal(model.whole, false);
  assert.deepEqual(model.featuresNotRun, ['features/b.feature']);
  assert.deepEqual(model.features[0]?.rules[0]?.notRun, [
    'WS-05 / Family of red / first',
    'WS-05 / Wobbly',
    'WS-05 / Leaving',
  ]);
});

test('a scenario whose service was lost is not judged, whatever its steps say', async () => {
  const lost = 'PostgreSQL was lost at 2026-01-02T03:04:05.000Z in the middle of the run (killed).';
  const messages: Envelope[] = [];
  for await (const message of readMessages(recorded('--name', 'Plain'))) messages.push(message);
  const isHook = (id: string): boolean =>
    messages.some(({ testCase }) => testCase?.testSteps.some((step) => step.hookId !== undefined && step.id === id));
  const failed = messages.map(({ testStepFinished: finished, ...rest }) => {
    if (!finished) return rest;
    const message = isHook(finished.testStepId) ? lost : 'refused';
    const testStepResult = { ...finished.testStepResult, status: TestStepResultStatus.FAILED, message };
    return { testStepFinished: { ...finished, testStepResult } };
  });
  const model = await buildModel(failed, { proofs: proofsOf([]), moduleTests: null, featureFiles });
  assert.equal(scenario(model, 'Plain').outcome, 'blocked');
  assert.match(model.partialBecause.join(' '), /1 scenario was not judged, because PostgreSQL was lost\./);
});

test('a torn record is a run that did not come to its end', async () => {
  const record = recorded('--name', 'Plain');
  const lines = readFileSync(record, 'utf8').trimEnd().split('\n');
  const cut = lines.findIndex((line) => line.startsWith('{"testStepFinished"'));
  writeFileSync(record, `${lines.slice(0, cut).join('\n')}\n{"testStepFi`);
  const model = await buildModel(readMessages(record), { proofs: proofsOf([]), moduleTests: null, featureFiles });
  assert.equal(scenario(model, 'Plain').outcome, 'blocked');
  assert.deepEqual([model.success, model.finishedAt], [false, null]);
  assert.match(model.partialBecause.join(' '), /1 scenario did not come to an end. The run did not come to its end./);
  writeFileSync(record, 'no message\n{}\n');
  await assert.rejects(
    buildModel(readMessages(record), { proofs: proofsOf([]), moduleTests: null, featureFiles }),
    /messages.ndjson:1 is not a message/,
  );
});

test('a business value with a line missing is none', () => {
  assert.equal(businessValueOf(takeApart('Prose\n\nBusiness value:\n  Goal: Retention\n')), null);
  assert.equal(businessValueOf(takeApart('Prose')), null);
});

test('the prose of a feature in Markdown is its description, and carries its business value', async () => {
  const other = join(suite, 'features/b.feature.md');
  writeFileSync(
    other,
    `# Feature: Written down

Prose.

Business value:
Segment: Free
Goal: Retention
Impact: It arrives
Revenue: chat

\`@WS-06\`
## Rule: Each tab gets it

Why it matters.

### Scenario: Plain
* Given a state
* Then it holds
`,
  );
  const record = recorded('features/b.feature.md');
  rmSync(other);
  const model = await buildModel(readMessages(record), { proofs: proofsOf([]), moduleTests: null, featureFiles: [] });
  const [feature] = model.features;
  assert.deepEqual([feature?.description, feature?.businessValue?.impact], ['Prose.', 'It arrives']);
  assert.deepEqual([feature?.rules[0]?.id, feature?.rules[0]?.description], ['WS-06', 'Why it matters.']);
});

test('two streams that were put end to end are refused, with the line where the second begins', async () => {
  const record = recorded('--name', 'Plain');
  const once = readFileSync(record, 'utf8');
  const read = async (): Promise<RunModel> =>
    buildModel(readMessages(record), { proofs: proofsOf([]), moduleTests: null, featureFiles });
  const lines = once.trimEnd().split('\n').length;
  writeFileSync(record, once + once);
  await assert.rejects(
    read(),
    new RegExp(`messages.ndjson:${lines + 1} begins another run; the first one begins in line 1\\.`),
  );
  const withoutMeta = once.slice(once.indexOf('\n') + 1);
  writeFileSync(record, once + withoutMeta);
  await assert.rejects(read(), /begins another run/);
});
