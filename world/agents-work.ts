import { SPECIALISTS, TOOLS, routeAfter, type ConversationFilter, type Analysis } from '../ssot/agent-registry';
import type { AgentKind, TenantContext, ThreadId } from '../ssot/kernel';
import type { AgentsNotes } from './agents-notes';
import type { WorkedUsage } from './agents-usage';

const UNWATCHED = 'thread of nobody' as ThreadId;

/** What specialists said and wrote down. */
export interface Worked {
  readonly thoughts: readonly string[];
  readonly work: Analysis;
  /** What tools answered with, by their names. */
  readonly found: ReadonlyMap<string, object>;
}

/** Lets each specialist of the route work on a question in turn, with no store and nobody watching. */
export async function workThrough(
  question: string,
  asOf: Date,
  { usage, notes }: { readonly usage: WorkedUsage; readonly notes: AgentsNotes },
  ctx: TenantContext,
): Promise<Worked> {
  const thoughts: string[] = [];
  const found = new Map<string, object>();
  const means = {
    usage,
    authority: { namesOf: () => Promise.resolve(new Map<string, string>()) },
  };
  const scope = {
    question,
    asOf,
    userId: ctx.userId,
    think: (note: string) => Promise.resolve(void thoughts.push(note)),
    timeZone: () => Promise.resolve('UTC'),
    loadConversation: () => notes.load(ctx, UNWATCHED),
    saveConversation: (settled: ConversationFilter) => notes.save(ctx, UNWATCHED, settled),
    call: async (name: string, args: object) => {
      const tool = TOOLS.find((one) => one.name === name);
      if (tool === undefined) throw new Error(`there is no tool ${name}`);
      const result = await tool.execute(means, ctx, tool.args.parse(args), new AbortController().signal);
      found.set(name, result);
      return result;
    },
  };
  let work: Analysis = {};
  const perform = async (kind: AgentKind): Promise<void> => {
    const specialist = SPECIALISTS.find((one) => one.kind === kind);
    if (specialist === undefined) throw new Error(`there is no specialist ${kind}`);
    const agent = await specialist.create(scope);
    work = { ...work, ...specialist.output.parse(await agent.run(work)) };
  };
  await perform('triage');
  for (const kind of routeAfter(work.verdict ?? 'insufficient')) await perform(kind);
  return { thoughts, work, found };
}
