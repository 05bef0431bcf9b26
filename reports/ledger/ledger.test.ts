import { strict as assert } from 'node:assert';
import { PassThrough } from 'node:stream';
import test from 'node:test';
import type { FeatureModel, Outcome, RuleModel, RunModel } from '../model/run-model';
import { ledgerOf } from './ledger';
import { DataFileRefused, parseMoney } from './revenue-streams';
import { ledgerText } from './terminal';

const MONEY = `figures:
  arr: { title: Platform, measure: arr, amount: 500000, currency: USD, source: A log, date: 2025-09-10 }
  seat: { title: Tenants, measure: mrr_per_tenant, amount: 15000, tenants: unknown, currency: USD, source: A log, date: 2025-09-10 }
streams:
  chat: { title: Chat, holds: [{ figure: arr, share: 90 }] }
  calm: { title: Calm, holds: [{ figure: arr, share: 10 }, { figure: seat, share: 100 }] }
`;

function feature(stream: string, outcomes: readonly Outcome[], notRun: string[] = []): FeatureModel {
  const scenarios = outcomes.map((outcome, index) => ({
    key: `WS-01 / ${index}`,
    name: `${index}`,
    location: `features/${stream}/a.feature:${index}`,
    tags: [],
    outcome,
    attempts: [],
    meaning: '',
  }));
  return {
    uri: `features/${stream}/a.feature`,
    name: stream,
    description: '',
    businessValue: { segment: [], goal: '', impact: '', revenue: stream },
    tags: [],
    rules: [
      {
        id: 'WS-01',
        name: 'One',
        description: '',
        scenarios,
        notRun,
        moduleTests: { passed: 0, skipped: 0, failed: [] },
      },
    ],
  };
}

function run(features: FeatureModel[], featuresNotRun: string[] = []): RunModel {
  const whole =
    featuresNotRun.length === 0 && features.every(({ rules }) => rules.every((rule) => rule.notRun.length === 0));
  return {
    startedAt: '2026-01-02T03:04:05.000Z',
    finishedAt: '2026-01-02T03:04:06.000Z',
    wallMs: 1000,
    workerMs: 1000,
    success: true,
    failures: [],
    moduleTests: null,
    whole,
    partialBecause: whole ? [] : ['1 of 2 scenarios in its files did not run.'],
    featuresNotRun,
    commit: 'abcdef0123456789',
    tools: [],
    features,
  };
}

const states = (model: RunModel): string =>
  ledgerOf(model, parseMoney(MONEY))
    .streams.map(({ state }) => state)
    .join(' ');

test('a stream is protected only when all of it ran, passed, and was shown to be able to fail', () => {
  assert.equal(states(run([feature('chat', ['proven', 'proven'])])), 'protected unspecified');
  assert.equal(states(run([feature('chat', ['proven', 'passed'])])), 'unproven unspecified');
  assert.equal(states(run([feature('chat', ['proven', 'flaky'])])), 'unproven unspecified');
  assert.equal(states(run([feature('chat', ['proven', 'blocked'])])), 'not-run unspecified');
  assert.equal(states(run([feature('chat', ['proven', 'failed'])])), 'failing unspecified');
  assert.equal(states(run([feature('chat', ['proven'], ['WS-01 / left out'])])), 'not-run unspecified');
});

test('a feature file that was left out takes the protection, and never hides a failure', () => {
  assert.equal(states(run([feature('chat', ['proven'])], ['features/chat/b.feature'])), 'not-run unspecified');
  assert.equal(states(run([feature('chat', ['failed'])], ['features/calm/b.feature'])), 'failing not-run');
});

test('what passed but is not proven is told before what did not run', () => {
  assert.equal(states(run([feature('chat', ['passed'], ['WS-01 / left out'])])), 'unproven unspecified');
  assert.equal(states(run([feature('chat', [], ['WS-01 / left out'])])), 'not-run unspecified');
});

const withTests = (model: FeatureModel, moduleTests: RuleModel['moduleTests']): FeatureModel => ({
  ...model,
  rules: model.rules.map((rule) => ({ ...rule, moduleTests })),
});

test('a red module test makes its rule failing, and green ones alone never carry a rule', () => {
  const red = { passed: 3, skipped: 1, failed: [{ title: 'WS-01 breaks', file: 'ssot/a.test.ts' }] };
  const model = run([withTests(feature('chat', ['proven']), red)]);
  const [chat] = ledgerOf(model, parseMoney(MONEY)).streams;
  assert.equal(chat?.state, 'failing');
  assert.deepEqual(chat?.reasons, ['1 module test failed, in WS-01.']);
  assert.deepEqual(chat?.perRule, [
    { id: 'WS-01', name: 'One', state: 'failing', examples: 1, moduleTests: { passed: 3, skipped: 1, failed: 1 } },
  ]);
  const green = { passed: 71, skipped: 0, failed: [] };
  assert.equal(states(run([withTests(feature('chat', []), green)])), 'unspecified unspecified');
  assert.equal(states(run([withTests(feature('chat', ['proven']), green)])), 'protected unspecified');
});

test('whatever takes the protection is told with the rules in which to look, of many the first', () => {
  const reasons = (features: FeatureModel[]): readonly string[] | undefined =>
    ledgerOf(run(features), parseMoney(MONEY)).streams[0]?.reasons;
  assert.deepEqual(reasons([feature('chat', ['passed', 'flaky', 'blocked', 'failed', 'failed'])]), [
    '2 scenarios failed, in WS-01.',
    '1 scenario passed only after another attempt, in WS-01.',
    '1 scenario did not run to the end, in WS-01.',
    '1 scenario passed, but has not been shown to fail when the behaviour breaks, in WS-01.',
  ]);
  const [rule] = feature('chat', ['passed']).rules as [RuleModel];
  const rules = Array.from({ length: 7 }, (_, i) => ({ ...rule, id: `WS-0${i + 1}` }));
  assert.deepEqual(reasons([{ ...feature('chat', []), rules }]), [
    '7 scenarios passed, but have not been shown to fail when the behaviour breaks, in WS-01, WS-02, WS-03, WS-04, WS-05 and 2 more.',
  ]);
});

test('a run that failed around its scenarios protects no money, and says why', () => {
  const model = { ...run([feature('chat', ['proven'])]), failures: ['AfterAll at a.ts:1 failed: broken'] };
  const ledger = ledgerOf(model, parseMoney(MONEY));
  assert.equal(ledger.streams[0]?.state, 'unproven');
  assert.match(ledger.streams[0].reasons.join(' '), /failed around its scenarios/);
  const text = ledgerText(ledger, new PassThrough());
  assert.match(text, /^\nRevenue ledger of a run that failed/);
  assert.match(text, /The run failed, because\n {2}AfterAll at a.ts:1 failed: broken/);
});

test('the terminal says how many module tests stand beside the code, and when they were not run', () => {
  const moduleTests = { startedAt: '2026-01-02T03:04:05.000Z', tests: 71, failed: 0 };
  const features = [withTests(feature('chat', ['proven']), { passed: 71, skipped: 0, failed: [] })];
  const told = (model: RunModel): string => ledgerText(ledgerOf(model, parseMoney(MONEY)), new PassThrough());
  assert.match(told({ ...run(features), moduleTests }), /71 module tests beside the code, under 1 rule: none failed/);
  assert.match(told(run(features)), /module tests: not run on this commit/);
});

test('amounts are exact shares of one figure, and what nobody knows stays unknown', () => {
  const ledger = ledgerOf(run([feature('chat', ['proven']), feature('calm', ['failed'])]), parseMoney(MONEY));
  assert.deepEqual(
    ledger.streams[0]?.amounts.map(({ value, meaning }) => [value, meaning]),
    [['450,000 USD', 'a year, 90 % of the platform']],
  );
  const [arr, seat] = ledger.figures;
  assert.deepEqual(arr?.parts, {
    failing: '50000.00',
    unproven: '0.00',
    'not-run': '0.00',
    unspecified: '0.00',
    protected: '450000.00',
    unassigned: '0.00',
  });
  assert.equal(seat?.total, null);
});

test('the terminal shows source and date, fits into 100 columns, and has no colours outside of a terminal', () => {
  const ledger = ledgerOf(run([feature('chat', ['proven'], ['WS-01 / left out'])]), parseMoney(MONEY));
  const text = ledgerText(ledger, new PassThrough());
  assert.ok(
    text.split('\n').every((line) => line.length <= 100),
    text,
  );
  assert.match(text, /partial run/);
  assert.match(text, /A log \(2025-09-10\)/);
  assert.match(text, /All tenants\s+together: unknown/);
  assert.equal(text.includes('\u001b'), false);
});

for (const [name, from, to, said] of [
  ['no source', 'source: A log, ', '', 'revenue-streams.yaml:2  figures.arr.source: '],
  ['no number', 'amount: 500000', 'amount: a lot', 'figures.arr.amount: give a whole number, or the word unknown'],
  [
    'an unknown figure',
    '[{ figure: arr, share: 90 }]',
    '[{ figure: air, share: 90 }]',
    '"air" is not among the figures',
  ],
  ['money counted twice', 'share: 90', 'share: 95', 'its shares are 105 percent together'],
  ['no tenants', 'tenants: unknown, ', '', 'figures.seat.tenants: say how many tenants pay it, or unknown'],
  ['torn', 'figures:', 'figures: [', 'revenue-streams.yaml:'],
] as const) {
  test(`the money file is refused with line, field and way out: ${name}`, () => {
    assert.throws(
      () => parseMoney(MONEY.replace(from, to)),
      (error) => error instanceof DataFileRefused && error.message.includes(said),
    );
  });
}
