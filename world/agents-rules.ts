import {
  createCatalogue,
  findingsOf,
  nextRunState,
  RUN_CAUSES,
  RUN_STATES,
  SPECIALISTS,
  TOOLS,
  type AgentDefinition,
  type Finding,
  type RunCause,
  type RunState,
  type ToolDefinition,
  type TransitionRefused,
} from '../ssot/agent-registry';
import fc from 'fast-check';
import { amountOf } from './agents-usage';
import { picos } from './story';

interface Definitions {
  readonly agents?: readonly AgentDefinition[];
  readonly tools?: readonly ToolDefinition[];
}
type Saving = Parameters<typeof findingsOf>[0][number];

/** The rules that need no store: states, savings, the catalogue. */
export class AgentRules {
  next: RunState | TransitionRefused | null = null;
  told: readonly Finding[] = [];
  changes: { from: RunState; by: RunCause; to: RunState | TransitionRefused }[] = [];
  made: ReturnType<typeof createCatalogue> | null = null;
  /** What is wrong with many examples at once; empty when nothing is. */
  problems: readonly string[] = [];

  change(state: string, cause: string): void {
    this.next = nextRunState(state as RunState, cause as RunCause);
  }

  changeEach(): void {
    this.changes = RUN_STATES.flatMap((from) => RUN_CAUSES.map((by) => ({ from, by, to: nextRunState(from, by) })));
  }

  find(spend: string, possible: string): void {
    const spends = listed(spend)
      .map(amountOf)
      .filter((one) => one !== 'unpriced');
    this.told = findingsOf(
      listed(possible).map((text) => savingOf(text)),
      spends.map(({ value, currency }) => ({ amount: value, currency })),
    );
  }

  get toldSavings(): readonly string[] {
    return this.told.map(({ saving }) => `${saving.amount} ${saving.currency}`);
  }

  /** What is wrong with what was told of arbitrary possible savings; each is named by its feature. */
  findMany(times: number): readonly string[] {
    const problems: string[] = [];
    const cents = fc.bigInt({ min: 0n, max: 10n ** 15n });
    fc.assert(
      fc.property(fc.array(cents, { maxLength: 30 }), cents, (savings, spend) => {
        const possible = savings.map((value, i) => savingOf(`${text(value)} USD`, String(i)));
        const told = findingsOf(possible, [{ amount: text(spend), currency: 'USD' }]).map((one) =>
          picos(one.saving.amount),
        );
        const worth = savings.filter((one) => one > 0n && one * 100n >= spend).sort((a, b) => (a < b ? 1 : -1));
        if (told.join() !== worth.slice(0, 10).join()) problems.push(`${savings.join()} of ${spend}: ${told.join()}`);
      }),
      { numRuns: times },
    );
    return problems;
  }

  catalogue(change: BadDefinition | null = null): void {
    const bad: Definitions = change === null ? {} : BAD_DEFINITIONS[change]();
    const { agents = SPECIALISTS, tools = TOOLS } = bad;
    this.made = createCatalogue(agents, tools);
  }

  askFor(what: 'agent' | 'tool', name: string): unknown {
    const { catalogue } = createCatalogue(SPECIALISTS, TOOLS);
    return what === 'agent' ? catalogue.agent(name as 'data') : catalogue.tool(name as 'price_list');
  }

  toolRows(): readonly Record<string, string>[] {
    const { catalogue } = createCatalogue(SPECIALISTS, TOOLS);
    return TOOLS.map(({ name: tool }) => {
      const { permission: needs, limitMs } = catalogue.tool(tool);
      return { tool, needs, seconds: String(limitMs / 1_000) };
    });
  }

  catalogueRows(): readonly Record<string, string>[] {
    const { catalogue } = createCatalogue(SPECIALISTS, TOOLS);
    return catalogue.kinds.map((kind) => {
      const { title, tags, tools } = catalogue.agent(kind);
      return { kind, title, tags: tags.join(', '), tools: tools.join(', ') };
    });
  }

  /** Each attempt to change something: what it is, and whether it was refused. */
  meddle(): readonly string[] {
    const agents = SPECIALISTS.map((one) => ({ ...one, tools: [...one.tools] }));
    const tools = TOOLS.map((one) => ({ ...one }));
    const { catalogue } = createCatalogue(agents, tools);
    agents.forEach((one) => one.tools.push('price_list'));
    tools.forEach((one) => (one.limitMs = 1));
    const data = catalogue.agent('data');
    const attempts: Record<string, () => unknown> = {
      catalogue: () => Object.assign(catalogue, { kinds: [] }),
      agent: () => Object.assign(data, { title: 'Mine' }),
      'its tools': () => (data.tools as string[]).push('find_savings'),
      tool: () => Object.assign(catalogue.tool('price_list'), { limitMs: 1 }),
    };
    const changed = Object.entries(attempts).flatMap(([name, change]) => (isRefused(change) ? [] : [name]));
    const handedIn =
      data.tools.length !== 3 || catalogue.tool('price_list').limitMs === 1 ? ['what was handed in'] : [];
    return [...changed, ...handedIn];
  }
}

function isRefused(change: () => unknown): boolean {
  try {
    change();
    return false;
  } catch (refusal) {
    if (refusal instanceof TypeError) return true;
    throw refusal;
  }
}

const [triage, data] = SPECIALISTS as readonly [AgentDefinition, AgentDefinition];
const otherAgents = SPECIALISTS.filter(({ kind }) => kind !== 'data');
const otherTools = TOOLS.filter(({ name }) => name !== 'price_list');
const priceList = TOOLS.find(({ name }) => name === 'price_list') as ToolDefinition;
const agentsWith = (change: object) => ({ agents: [...otherAgents, { ...data, ...change }] });
/** The data agent works without the price list here, so that only the tool itself is bad. */
const toolsWith = (...changes: object[]) => ({
  agents: [...otherAgents, { ...data, tools: ['usage_summary'] } as AgentDefinition],
  tools: [...otherTools, ...changes.map((change) => ({ ...priceList, ...change }))],
});

export const BAD_DEFINITIONS = {
  'a kind registered twice': () => ({ agents: [...SPECIALISTS, { ...data, title: 'Another' }] }),
  'an agent without a factory': () => agentsWith({ create: undefined }),
  'an agent of no known kind': () => ({ agents: [{ ...triage, kind: 'astrology' as 'data' }, ...SPECIALISTS] }),
  'an agent with a limit of 0': () => agentsWith({ limitMs: 0 }),
  'an agent with a strange tool': () => agentsWith({ tools: ['usage_summary', 'crystal_ball'] }),
  'a tool registered twice': () => toolsWith({}, { limitMs: 1 }),
  'a tool of no known name': () => toolsWith({}, { name: 'crystal_ball' }),
  'a tool without a right': () => toolsWith({ permission: undefined }),
  'a tool with a limit of 0': () => toolsWith({ limitMs: 0 }),
} as const satisfies Record<string, () => Definitions>;
export type BadDefinition = keyof typeof BAD_DEFINITIONS;

export function listed(text: string): string[] {
  return text === '' ? [] : text.split(', ');
}

function savingOf(saving: string, feature = 'chat'): Saving {
  return {
    kind: 'repeated_prompt',
    provider: 'openai',
    model: 'large',
    feature,
    calls: 1,
    inputTokens: 1n,
    outputTokens: 1n,
    spend: amountOf(saving),
    saving: amountOf(saving),
    basis: 'measured',
  };
}

function text(picos: bigint): string {
  const digits = picos.toString().padStart(13, '0');
  return `${digits.slice(0, -12)}.${digits.slice(-12)}`;
}
