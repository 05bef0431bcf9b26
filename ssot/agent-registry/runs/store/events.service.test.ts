import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { longNames } from '../../../../support/module-tests/agent-registry/long-names';
import { MISBEHAVIOURS, withReplaced } from '../../../../support/module-tests/agent-registry/misbehaving-agents';
import { RegistryTest } from '../../../../support/module-tests/agent-registry/registry-test';
import { thoughtsIn, toolCallsIn, transcriptOf } from '../../../../support/module-tests/agent-registry/transcript';
import { disorderIn } from '../../../../world/clients/event-order';
import { TOOLS } from '../../steps/tools/tools';

/** An object whose JSON is `length` characters long. */
const ofLength = (length = 0): object => ({ pad: 'x'.repeat(length - JSON.stringify({ pad: '' }).length) });
const lengthOf = (shown: unknown): number => (typeof shown === 'string' ? shown : JSON.stringify(shown)).length;

/** A triage that thinks so long a thought, and calls a tool with so long an input and so long a result. */
function show(t: RegistryTest, [note, input, result]: readonly number[]): void {
  t.setup.tools = TOOLS.map((tool) =>
    tool.name === 'price_list' ? { ...tool, execute: () => Promise.resolve(ofLength(result)) } : tool,
  );
  const filter = { from: '2025-09-01T00:00:00Z', to: '2025-09-02T00:00:00Z', where: {} };
  const coverage = { calls: 0, daysWithUse: 0, first: null, last: null };
  const asked = { measures: ['spend' as const], by: [], carriedOver: [], notes: [], suggestions: [] };
  const found = {
    filter,
    asked,
    cut: { at: filter.to },
    coverage,
    verdict: 'insufficient' as const,
    missing: ['everything'],
  };
  t.setup.agents = withReplaced('triage', {
    tools: ['price_list'],
    create: (scope) => ({
      async run() {
        await scope.think('x'.repeat(note ?? 0));
        await scope.call('price_list', ofLength(input));
        return found;
      },
    }),
  });
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

describe('events of a run', () => {
  test('AG-01 tell what was really read and found, step by step, and each step is saved', async () => {
    await using t = new RegistryTest();
    t.usage
      .record(1_500, 7, [
        { provider: 'openai', model: 'large', calls: '1,200', spend: '1,090 USD' },
        { provider: 'openai', model: 'small', calls: '300', spend: '910.005 USD' },
      ])
      .offer([
        { kind: 'batchable', model: 'large', feature: 'digest', calls: '90', spend: '100 USD', saving: '50 USD' },
        {
          kind: 'failed_or_superseded',
          model: 'large',
          feature: 'chat',
          calls: '1',
          spend: '40 USD',
          saving: '40 USD',
        },
      ]);
    await t.ask('Dana', 'How can we cut our AI spending?');
    const events = await t.endsOnce('Dana', 'completed');
    deepEqual(transcriptOf(events), [
      'question: How can we cut our AI spending? (0 ahead)',
      'triage starts on: How can we cut our AI spending?',
      'triage: Looking for usage from 2025-08-11 09:00 to 2025-09-10 09:00 UTC.',
      'triage asks usage_coverage',
      'triage hears from usage_coverage: ok',
      'triage: 1,500 calls on 7 days: the data is judged sufficient.',
      'data: Adding up calls and cost by provider and model.',
      'data asks usage_summary',
      'data hears from usage_summary: ok',
      'data asks price_list',
      'data hears from price_list: ok',
      'data: 1,500 calls to 2 models cost 2,000.01 USD by the list list-1.',
      'optimisation: Looking for failed, repeated, batchable, cacheable and oversized calls.',
      'optimisation asks find_savings',
      'optimisation hears from find_savings: ok',
      'optimisation: 2 savings found; the largest is 50.00 USD (batchable).',
      'action-planning: First of 2 actions: Send the background calls of digest to large as batches.',
      'reporting: Writing the report: 2 findings, 90.00 USD to save.',
      'reporting answers',
    ]);
    deepEqual(disorderIn(events), []);
    deepEqual(await t.table.checkpoints(t.latest), [
      { step: 5, version: 4, agent: 'reporting', ending: 'completed', fence: '1' },
    ]);
    equal((await t.table.row(t.latest))?.step, 5);
  });

  test('AG-01 show each reading with what it was given and found, and no tool that did not read', async () => {
    await using t = new RegistryTest();
    t.usage.recordEnough();
    await t.ask('Dana', 'What did model "large" cost for feature "chat" in the last 2 weeks?');
    const tools = toolCallsIn(await t.endsOnce('Dana', 'completed'));
    equal(tools.length, t.usage.asked.length);
    const shown = tools.map(({ tool, input, outcome, result }) => ({ tool, input, outcome, result }));
    deepEqual(shown, await t.table.calls(t.latest));
  });

  for (const [what, given, shown] of [
    ['as they are', [500, 1_000, 4_096], [500, 1_000, 4_096]],
    ['truncated with a mark', [501, 1_001, 4_097], [500, 1_001, 4_097]],
  ] as const) {
    test(`AG-13 show a thought of ${given[0]}, an input of ${given[1]} and a result of ${given[2]} characters ${what}`, async () => {
      await using t = new RegistryTest();
      show(t, given);
      await t.ask('Dana');
      const events = await t.endsOnce('Dana', 'completed');
      const [call] = toolCallsIn(events);
      const all = [thoughtsIn(events)[0], call?.input, call?.result];
      deepEqual(all.map(lengthOf), shown);
      const isCut = what !== 'as they are';
      for (const one of all) {
        if (isCut) match(String(one), /…$/);
        else equal(JSON.stringify(one).includes('…'), false);
      }
      equal(call?.more, isCut);
      const [kept] = await t.table.calls(t.latest);
      deepEqual([kept?.input, kept?.result].map(lengthOf), given.slice(1));
    });
  }

  test('AG-13 hide secrets in thoughts and in what tools are given, and so does what is kept', async () => {
    await using t = new RegistryTest();
    t.setup.agents = withReplaced('triage', { create: MISBEHAVIOURS['tells secrets'], tools: ['price_list'] });
    await t.ask('Dana');
    const events = await t.endsOnce('Dana', 'failed', { code: 'agent_invalid_result' });
    const [kept] = await t.table.calls(t.latest);
    match(JSON.stringify(kept?.input), /\[hidden\]/);
    equal(JSON.stringify([events, kept]).includes('hunter2'), false);
  });

  test('AG-13 hide secrets in what a tool came across, and so does what is kept of it', async () => {
    await using t = new RegistryTest();
    show(t, [1, 10, 30]);
    const found = { dbPassword: 'hunter2', calls: 3, note: 'see postgres://dana:hunter2@db.example' };
    t.setup.tools = TOOLS.map((tool) => ({ ...tool, execute: () => Promise.resolve(found) }));
    await t.ask('Dana');
    const events = await t.endsOnce('Dana', 'completed');
    const [kept] = await t.table.calls(t.latest);
    deepEqual(kept?.result, { dbPassword: '[hidden]', calls: 3, note: 'see postgres://[hidden]@db.example' });
    equal(JSON.stringify(events).includes('hunter2'), false);
  });

  test('AG-13 cut no character in half, and results are kept with whole names', async () => {
    await using t = new RegistryTest();
    longNames(t.usage, 50, 128, '😀');
    await t.ask('Dana');
    const texts = textsIn(await t.endsOnce('Dana', 'completed'));
    deepEqual(
      texts.filter((text) => !text.isWellFormed() || text.includes('\ufffd')),
      [],
    );
    const calls = await t.table.calls(t.latest);
    const savings = calls.find(({ tool }) => tool === 'find_savings')?.result as
      | { findings: { feature: string }[] }
      | undefined;
    deepEqual(new Set(savings?.findings.map(({ feature }) => feature.length)), new Set([128]));
  });

  for (const [what, character] of [
    ['NULs', '\0'],
    ['halves of characters', '\ud83d'],
  ] as const) {
    test(`AG-13 and a publication are stored with names of ${what}`, async () => {
      await using t = new RegistryTest();
      longNames(t.usage, 2, 10, character);
      t.users.user('Ada').permissions.add('reports:publish');
      await t.ask('Ada');
      await t.endsOnce('Ada', 'completed');
      const runs = await t.instance();
      await runs.publish(t.contextOf('Ada'), t.latest);
      ok((await runs.listPublished(t.contextOf('Ada'))).some(({ runId }) => runId === t.latest));
    });
  }

  for (const [length, kept, isText] of [
    [4_097, 4_097, false],
    [1_048_576, 1_048_576, false],
    [1_048_577, 1_048_577, true],
  ] as const) {
    test(`AG-13 lead to a result of ${length} characters, which is kept ${isText ? 'truncated' : 'whole'}`, async () => {
      await using t = new RegistryTest();
      show(t, [1, 10, length]);
      await t.ask('Dana');
      await t.endsOnce('Dana', 'completed');
      const { callId, tool, outcome, result } = await t.firstResult('Dana');
      ok(callId);
      deepEqual(
        [tool, outcome, typeof result, lengthOf(result)],
        ['price_list', 'ok', isText ? 'string' : 'object', kept],
      );
      equal(JSON.stringify(result).endsWith('…"'), isText);
    });
  }
});
