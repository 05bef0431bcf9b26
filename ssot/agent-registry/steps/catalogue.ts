import { AGENT_KINDS, type AgentKind } from '../../kernel';
import { TOOL_NAMES, type AgentDefinition, type ToolDefinition, type ToolName } from '../contract';
import { AgentError } from '../errors';

export interface Catalogue {
  readonly kinds: readonly AgentKind[];
  /** Throws `agent_unavailable`, naming what exists. */
  agent(kind: AgentKind): AgentDefinition;
  /** Throws `tool_unknown`. */
  tool(name: ToolName): ToolDefinition;
}

export interface Refusal {
  readonly name: string;
  readonly code: 'agent_duplicate' | 'agent_invalid';
  readonly message: string;
}

/** Frozen. A bad definition is refused with its reason, and the others stay. */
export function createCatalogue(
  agents: readonly AgentDefinition[],
  tools: readonly ToolDefinition[],
): { catalogue: Catalogue; refused: readonly Refusal[] } {
  const refused: Refusal[] = [];
  const toolsByName = new Map<string, ToolDefinition>();
  for (const tool of tools) {
    const problem = problemOfTool(tool);
    if (toolsByName.has(tool.name)) refused.push(duplicate(tool.name));
    else if (problem !== undefined) refused.push({ name: tool.name, code: 'agent_invalid', message: problem });
    else toolsByName.set(tool.name, Object.freeze({ ...tool }));
  }
  const byKind = new Map<string, AgentDefinition>();
  for (const agent of agents) {
    const problem = problemOfAgent(agent, toolsByName);
    if (byKind.has(agent.kind)) refused.push(duplicate(agent.kind));
    else if (problem !== undefined) refused.push({ name: agent.kind, code: 'agent_invalid', message: problem });
    else byKind.set(agent.kind, Object.freeze({ ...agent, tools: Object.freeze([...agent.tools]) }));
  }
  const kinds = AGENT_KINDS.filter((kind) => byKind.has(kind));
  const catalogue: Catalogue = {
    kinds,
    agent(kind) {
      const found = byKind.get(kind);
      if (found !== undefined) return found;
      throw new AgentError('agent_unavailable', `There is no agent "${kind}". There are: ${kinds.join(', ')}.`);
    },
    tool(name) {
      const found = toolsByName.get(name);
      if (found !== undefined) return found;
      throw new AgentError(
        'tool_unknown',
        `There is no tool "${name}". There are: ${[...toolsByName.keys()].join(', ')}.`,
      );
    },
  };
  return { catalogue: Object.freeze(catalogue), refused };
}

function duplicate(name: string): Refusal {
  return { name, code: 'agent_duplicate', message: `"${name}" is registered twice; the first one stays.` };
}

function problemOfTool(tool: ToolDefinition): string | undefined {
  if (!TOOL_NAMES.includes(tool.name)) return `"${tool.name}" is not the name of a tool.`;
  if (typeof tool.permission !== 'string') return `The tool "${tool.name}" names no permission.`;
  if (!(tool.limitMs > 0)) return `The tool "${tool.name}" has no time limit above zero.`;
  return undefined;
}

function problemOfAgent(agent: AgentDefinition, tools: ReadonlyMap<string, ToolDefinition>): string | undefined {
  if (!AGENT_KINDS.includes(agent.kind)) return `"${agent.kind}" is not a kind of agent.`;
  if (typeof agent.create !== 'function') return `The agent "${agent.kind}" has no factory.`;
  if (!(agent.limitMs > 0)) return `The agent "${agent.kind}" has no time limit above zero.`;
  const unknown = agent.tools.find((name) => !tools.has(name));
  return unknown === undefined ? undefined : `The agent "${agent.kind}" lists the unknown tool "${unknown}".`;
}
