import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { test } from 'node:test';
import { ledgerOf } from '../ledger/ledger';
import { parseMoney } from '../ledger/revenue-streams';
import type { FeatureModel, RuleModel, RunModel, ScenarioModel } from '../model/run-model';
import { EVIDENCE_MEDIA_TYPE } from './scenarios/evidence-timeline';
import { Permalinks, streamPage } from './permalinks';
import { renderSite } from './render-site';

const HOSTILE = `<script>alert(1)</script>"onmouseover='alert(2)'&`;
const TOKEN = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJkYW5hIn0.c2lnbmF0dXJl';

const scenario = (key: string, more: Partial<ScenarioModel> = {}): ScenarioModel => ({
  key,
  name: key.split(' / ')[1] ?? key,
  location: 'features/chat/x.feature:1',
  tags: ['@id-manager', '@unit'],
  outcome: 'passed',
  attempts: [attempt({})],
  meaning: 'hash',
  ...more,
});

function attempt(more: Partial<ScenarioModel['attempts'][number]>): ScenarioModel['attempts'][number] {
  const steps = [{ keyword: 'Given', text: 'Dana asks', status: 'PASSED', durationMs: 1 }];
  return {
    status: 'PASSED',
    startedAt: '2026-11-25T16:00:00Z',
    durationMs: 5,
    hooksMs: 0,
    steps,
    attachments: [],
    worker: '0',
    ...more,
  };
}

const feature = (
  name: string,
  scenarios: readonly ScenarioModel[],
  more: Partial<FeatureModel> = {},
): FeatureModel => ({
  uri: `features/chat/${name}.feature`,
  name,
  description: 'Why it matters.',
  businessValue: { segment: ['Free'], goal: 'Retention', impact: 'Nothing is lost', revenue: 'chat' },
  tags: ['@chat'],
  rules: [{ id: 'XX-01', name: `Rule of ${name}`, description: '', scenarios, notRun: [], moduleTests: NONE }],
  ...more,
});

const NONE = { passed: 0, skipped: 0, failed: [] };

const run = (features: readonly FeatureModel[], more: Partial<RunModel> = {}): RunModel => ({
  startedAt: '2026-11-25T16:00:00Z',
  finishedAt: '2026-11-25T16:00:09Z',
  wallMs: 9_000,
  workerMs: 9_000,
  success: true,
  failures: [],
  moduleTests: null,
  whole: true,
  partialBecause: [],
  featuresNotRun: [],
  commit: null,
  tools: [],
  features,
  ...more,
});

const money = parseMoney(`
figures:
  arr: { title: Revenue, measure: arr, amount: 500000, currency: USD, source: work log, date: 2025-09-10 }
  mrr: { title: Rent, measure: arr, amount: unknown, currency: USD, source: work log, date: 2025-09-10 }
streams:
  chat: { title: Chat, holds: [{ figure: arr, share: 90 }, { figure: mrr, share: 100 }] }
`);
const siteOf = (model: RunModel): ReadonlyMap<string, string> =>
  new Map(renderSite(model, ledgerOf(model, money), new Map()));

test('whatever a scenario, a step, a value or an error is called, it stays text', () => {
  const step = {
    keyword: HOSTILE,
    text: `says "${HOSTILE}"`,
    table: [[HOSTILE], [HOSTILE]],
    docString: HOSTILE,
    status: 'FAILED',
    durationMs: 1,
    error: HOSTILE,
    definition: HOSTILE,
  };
  const entry = {
    at: '2026-11-25T16:00:00Z',
    track: 'http',
    actor: HOSTILE,
    summary: HOSTILE,
    detail: { [HOSTILE]: HOSTILE },
  };
  const attachments = [
    { mediaType: EVIDENCE_MEDIA_TYPE, body: JSON.stringify({ v: 1, entries: [entry] }), encoding: 'IDENTITY' as const },
    { mediaType: 'image/png', body: `" onerror="alert(3)`, encoding: 'BASE64' as const, fileName: HOSTILE },
    { mediaType: HOSTILE, body: HOSTILE, encoding: 'IDENTITY' as const, fileName: HOSTILE },
  ];
  const hostile = scenario(`XX-01 / ${HOSTILE}`, {
    outcome: 'failed',
    attempts: [attempt({ steps: [step], attachments, error: HOSTILE })],
    caught: { systemMutants: 1, specificationMutants: 0, realisticDefects: 0, examples: [HOSTILE] },
  });
  const model = run([feature(HOSTILE, [hostile, { ...hostile, case: HOSTILE, key: `${hostile.key} / ${HOSTILE}` }])], {
    whole: false,
    partialBecause: [HOSTILE],
    commit: HOSTILE,
  });
  for (const [path, page] of siteOf(model)) {
    const tags = page.match(/<[a-z][^>]*>/gi) ?? [];
    assert.deepEqual(
      tags.filter((tag) => /^<script/i.test(tag) && tag !== '<script src="filter.js" defer>'),
      [],
      path,
    );
    assert.deepEqual(
      tags.filter((tag) => /[\s"']on\w+\s*=/i.test(tag.replace(/"[^"]*"/g, '""'))),
      [],
      path,
    );
  }
});

test('every link leads to a page and an anchor that exist, and no anchor exists twice', () => {
  const outline = ['one', 'two'].map((name) =>
    scenario(`XX-01 / Rows / ${name}`, { name: 'Rows', case: name, outcome: 'failed' }),
  );
  const site = siteOf(
    run([feature('a', [scenario('XX-01 / plain'), ...outline]), feature('b', [scenario('XX-01 / plain')])]),
  );
  const anchors = new Map(
    [...site].map(([path, page]) => [path, [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id)]),
  );
  for (const [path, ids] of anchors) assert.equal(new Set(ids).size, ids.length, `an anchor of ${path} exists twice`);
  for (const [path, page] of site) {
    for (const [, address = ''] of page.matchAll(/\s(?:href|src)="([^"]*)"/g)) {
      if (address.startsWith('data:')) continue;
      const [file, anchor] = address.split('#');
      const target = file ? posix.join(posix.dirname(path), file) : path;
      if (['style.css', 'filter.js'].includes(target)) continue;
      assert.ok(anchors.has(target), `${path} links to ${address}`);
      if (anchor) assert.ok(anchors.get(target)?.includes(anchor), `${path} links to ${address}`);
    }
  }
});

test('a permalink comes from rule id and name: it is unique, and outlives new and moved neighbours', () => {
  const mine = scenario('XX-01 / Dana signs in');
  const neighbours = ['XX-01 / Dana, signs in!', 'XX-01 / Dana signs in', 'XX-01 / Дана входит', 'XX-01 / ***'].map(
    (key) => scenario(key),
  );
  const all = [mine, ...neighbours];
  const links = new Permalinks(run([feature('a', all)]));
  const addresses = all.map((one) => links.scenario(one));
  assert.equal(addresses[0], 'features/chat-a.html#xx-01-dana-signs-in');
  assert.equal(new Set(addresses).size, all.length);
  const moved = [neighbours[3], neighbours[2], mine].filter((one) => one !== undefined);
  assert.equal(new Permalinks(run([feature('0', []), feature('a', moved)])).scenario(mine), addresses[0]);
});

test('a run that is not whole says so, with its reasons, on every page', () => {
  const features = [feature('a', [scenario('XX-01 / plain')])];
  const partial = run(features, { whole: false, partialBecause: ['3 of 4 scenarios did not run.'] });
  for (const [path, page] of siteOf(partial))
    assert.match(page, /not a whole run[\s\S]*3 of 4 scenarios did not run\./, path);
  for (const [path, page] of siteOf(run(features))) assert.doesNotMatch(page, /not a whole run/, path);
});

test('money stands with its share, source and date, and an unknown figure reads unknown', () => {
  const page = siteOf(run([feature('a', [scenario('XX-01 / plain')])])).get('index.html') ?? '';
  assert.match(page, /450,000 USD[\s\S]*90 % of the revenue[\s\S]*Source: work log, 2025-09-10[\s\S]*unknown/);
});

test('whoever opens the site for the first time reads what "protected" means, and finds what nothing has noticed', () => {
  const page = siteOf(run([feature('a', [])])).get('index.html') ?? '';
  assert.match(page, /“Protected” means[\s\S]*shown to fail when the behaviour breaks/);
  assert.match(page, /<a href="glossary.html">[\s\S]*<a href="modules.html">/);
});

test('of many failures the first stand on the front page, and how many more there are', () => {
  const failed = Array.from({ length: 41 }, (_, i) => scenario(`XX-01 / ${i}`, { outcome: 'failed' }));
  assert.match(siteOf(run([feature('a', failed)])).get('index.html') ?? '', /and 21 more; type/);
});

test('names of pages stay short enough for a file, and two never share one', () => {
  const long = 'ü'.repeat(300);
  const uris = [`a/${long}/one`, `a/${long}/two`, 'a/b-c', 'a/b c', 'a/B-C'];
  const features = uris.map((path) => feature(path, [scenario('XX-01 / plain')], { uri: `features/${path}.feature` }));
  const pages = [...siteOf(run(features)).keys()];
  assert.equal(new Set(pages.map((path) => path.toLowerCase())).size, pages.length);
  assert.equal(pages.filter((path) => path.startsWith('features/')).length, uris.length);
  for (const path of pages) assert.ok(Buffer.byteLength(posix.basename(path)) <= 200, path);
  assert.notEqual(streamPage('a-b'), streamPage('a--b'));
  assert.ok(Buffer.byteLength(posix.basename(streamPage('a'.repeat(500)))) <= 200);
});

test('a rule says on how many examples and module tests it stands, and which of them failed', () => {
  const failed = [{ title: `XX-01 ${HOSTILE}`, file: 'ssot/a.test.ts', error: 'broken' }];
  const rules = (moduleTests: RuleModel['moduleTests']): FeatureModel['rules'] => [
    {
      id: 'XX-01',
      name: 'One',
      description: '',
      scenarios: [scenario('XX-01 / plain')],
      notRun: ['XX-01 / other'],
      moduleTests,
    },
  ];
  const green = siteOf(run([feature('a', [], { rules: rules({ passed: 70, skipped: 1, failed: [] }) })]));
  assert.match(green.get('features/chat-a.html') ?? '', /2 examples, 71 module tests/);
  const red = siteOf(run([feature('a', [], { rules: rules({ passed: 70, skipped: 0, failed }) })]));
  assert.match(
    red.get('features/chat-a.html') ?? '',
    /failing[\s\S]*1 module test failed[\s\S]*ssot\/a.test.ts[\s\S]*broken/,
  );
  assert.match(red.get('index.html') ?? '', /1 module test failed[\s\S]*XX-01 \/ One/);
});

test('a run that failed around its scenarios says so on every page', () => {
  for (const [path, page] of siteOf(run([feature('a', [])], { failures: ['BeforeAll failed: no ground'] })))
    assert.match(page, /The run failed[\s\S]*BeforeAll failed: no ground/, path);
});

test('no credential is published, wherever it stands', () => {
  const secret = 'correct-horse-battery';
  const evidence = {
    v: 1,
    entries: [
      {
        at: '2026-11-25T16:00:00Z',
        track: 'http',
        actor: 'phone',
        summary: `sent Bearer ${secret}`,
        detail: { password: secret, nested: [{ cookie: secret }], protocols: [`bearer.${TOKEN}`] },
      },
    ],
  };
  const attachments = [
    { mediaType: EVIDENCE_MEDIA_TYPE, body: JSON.stringify(evidence), encoding: 'IDENTITY' as const },
    {
      mediaType: 'text/plain',
      body: Buffer.from(`{"accessToken": "${secret}"} postgres://app:${secret}@localhost/db`).toString('base64'),
      encoding: 'BASE64' as const,
    },
  ];
  const step = {
    keyword: 'When',
    text: `she shows ${TOKEN}`,
    docString: `authorization: bearer ${secret}`,
    status: 'FAILED',
    durationMs: 1,
    error: `refused: Bearer ${TOKEN}`,
  };
  const pages = [
    ...siteOf(
      run([
        feature('a', [
          scenario('XX-01 / plain', { outcome: 'failed', attempts: [attempt({ steps: [step], attachments })] }),
        ]),
      ]),
    ).values(),
  ].join();
  assert.ok(!pages.includes(secret) && !pages.includes(TOKEN.split('.')[1] ?? ''));
  assert.match(pages, /\[secret\]/);
});
