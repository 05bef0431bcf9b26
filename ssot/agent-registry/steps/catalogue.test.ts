import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AgentDefinition, ToolDefinition } from '../contract';
import { createCatalogue } from './catalogue';
import { SPECIALISTS } from './specialists';
import { TOOLS } from './tools/tools';

const [triage, data] = SPECIALISTS as readonly [AgentDefinition, AgentDefinition];
const otherAgents = SPECIALISTS.filter(({ kind }) => kind !== 'data');
const otherTools = TOOLS.filter(({ name }) => name !== 'price_list');
const priceList = TOOLS.find(({ name }) => name === 'price_list') as ToolDefinition;
const { catalogue } = createCatalogue(SPECIALISTS, TOOLS);

const agentsWith = (change: object): { agents: readonly AgentDefinition[]; tools?: readonly ToolDefinition[] } => ({
  agents: [...otherAgents, { ...data, ...change }],
});
/** The data agent works without the price list here, so that only the tool itself is bad. */
const toolsWith = (...changes: object[]) => ({
  agents: [...otherAgents, { ...data, tools: ['usage_summary'] } as AgentDefinition],
  tools: [...otherTools, ...changes.map((change) => ({ ...priceList, ...change }))],
});

const REFUSED = [
  [
    'a kind registered twice',
    { agents: [...SPECIALISTS, { ...data, title: 'Another' }] },
    'data',
    'agent_duplicate',
    '"data" is registered twice; the first one stays.',
  ],
  [
    'an agent without a factory',
    agentsWith({ create: undefined }),
    'data',
    'agent_invalid',
    'The agent "data" has no factory.',
  ],
  [
    'an agent of no known kind',
    { agents: [{ ...triage, kind: 'astrology' as 'data' }, ...SPECIALISTS] },
    'astrology',
    'agent_invalid',
    '"astrology" is not a kind of agent.',
  ],
  [
    'an agent with a limit of 0',
    agentsWith({ limitMs: 0 }),
    'data',
    'agent_invalid',
    'The agent "data" has no time limit above zero.',
  ],
  [
    'an agent with an unknown tool',
    agentsWith({ tools: ['usage_summary', 'crystal_ball'] }),
    'data',
    'agent_invalid',
    'The agent "data" lists the unknown tool "crystal_ball".',
  ],
  [
    'a tool registered twice',
    toolsWith({}, { limitMs: 1 }),
    'price_list',
    'agent_duplicate',
    '"price_list" is registered twice; the first one stays.',
  ],
  [
    'a tool of no known name',
    toolsWith({}, { name: 'crystal_ball' }),
    'crystal_ball',
    'agent_invalid',
    '"crystal_ball" is not the name of a tool.',
  ],
  [
    'a tool without a permission',
    toolsWith({ permission: undefined }),
    'price_list',
    'agent_invalid',
    'The tool "price_list" names no permission.',
  ],
  [
    'a tool with a limit of 0',
    toolsWith({ limitMs: 0 }),
    'price_list',
    'agent_invalid',
    'The tool "price_list" has no time limit above zero.',
  ],
] as const satisfies readonly (readonly [
  string,
  { agents: readonly AgentDefinition[]; tools?: readonly ToolDefinition[] },
  string,
  string,
  string,
])[];

describe('the catalogue', () => {
  for (const [what, { agents, ...more }, name, code, message] of REFUSED) {
    const { tools = TOOLS } = more as { tools?: readonly ToolDefinition[] };
    test(`AG-05 ${what} is refused with its reason, and the others stay`, () => {
      const made = createCatalogue(agents, tools);
      deepEqual(made.refused, [{ name, code, message }]);
      for (const kind of ['triage', 'optimisation', 'reporting'] as const) ok(made.catalogue.kinds.includes(kind));
      for (const kind of made.catalogue.kinds) equal(made.catalogue.agent(kind).kind, kind);
    });
  }

  test('AG-05 an unknown kind is named together with what exists', () =>
    throws(() => catalogue.agent('astrology' as 'data'), {
      code: 'agent_unavailable',
      retryable: false,
      message: 'There is no agent "astrology". There are: triage, data, optimisation, action-planning, reporting.',
    }));

  test('AG-05 an unknown tool is named together with what exists', () =>
    throws(() => catalogue.tool('delete_everything' as 'price_list'), {
      code: 'tool_unknown',
      retryable: false,
      message:
        'There is no tool "delete_everything". There are: usage_coverage, usage_summary, usage_breakdown, price_list, find_savings.',
    }));

  test('AG-05 each kind has a title, tags and tools', () =>
    deepEqual(
      catalogue.kinds.map((kind) => {
        const { title, tags, tools } = catalogue.agent(kind);
        return [kind, title, tags.join(', '), tools.join(', ')];
      }),
      [
        ['triage', 'Judges whether the recorded usage can answer the question', 'routing', 'usage_coverage'],
        ['data', 'Adds up what was used and what it cost', 'usage, cost', 'usage_summary, usage_breakdown, price_list'],
        ['optimisation', 'Finds what was paid for without need', 'savings', 'find_savings'],
        ['action-planning', 'Puts the savings into an order of work', 'plan', ''],
        ['reporting', 'Writes down the answer, with every figure it rests on', 'report', ''],
      ],
    ));

  for (const { name } of TOOLS) {
    test(`AG-05 the tool ${name} needs the permission to read usage, and may take 10 seconds`, () => {
      const { permission, limitMs } = catalogue.tool(name);
      deepEqual([permission, limitMs], ['usage:read', 10_000]);
    });
  }

  test('AG-05 a catalogue cannot be changed after it was made, nor through what was handed in', () => {
    const agents = SPECIALISTS.map((one) => ({ ...one, tools: [...one.tools] }));
    const tools = TOOLS.map((one) => ({ ...one }));
    const own = createCatalogue(agents, tools).catalogue;
    agents.forEach((one) => one.tools.push('price_list'));
    tools.forEach((one) => (one.limitMs = 1));
    const agent = own.agent('data');
    equal(agent.tools.length, 3);
    equal(own.tool('price_list').limitMs, 10_000);
    throws(() => Object.assign(own, { kinds: [] }), TypeError);
    throws(() => Object.assign(agent, { title: 'Mine' }), TypeError);
    throws(() => (agent.tools as string[]).push('find_savings'), TypeError);
    throws(() => Object.assign(own.tool('price_list'), { limitMs: 1 }), TypeError);
  });
});
