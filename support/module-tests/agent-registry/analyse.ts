import {
  SPECIALISTS,
  TOOLS,
  routeAfter,
  type Analysis,
  type ConversationFilter,
  type Report,
} from '../../../ssot/agent-registry';
import type { AgentKind, ThreadId, UserId } from '../../../ssot/kernel';
import { vouchFor, type TenantId } from '../../../ssot/kernel';
import { RecordedUsage } from './recorded-usage';
import { TestMemory } from './test-memory';

const THREAD = 'thread of nobody' as ThreadId;
const USER = vouchFor({
  tenantId: 'tenant_of_nobody' as TenantId,
  userId: 'user_nobody' as UserId,
  plan: 'enterprise',
  permissions: ['chat:use', 'usage:read'],
});

/** Lets each specialist of the route work on questions of one thread, without any store. */
export class Analyst {
  readonly memory = new TestMemory();
  /** What the latest question's specialists thought. */
  thoughts: string[] = [];
  /** What tools answered the latest question with, by their names. */
  results = new Map<string, object>();
  /** Of the company. */
  timeZone = 'UTC';
  /** Names of colleagues by their ids. */
  readonly colleagues = new Map<string, string>();

  constructor(
    readonly usage = new RecordedUsage(),
    public asOf = new Date('2025-09-10T09:00:00Z'),
  ) {}

  async report(question: string): Promise<Report> {
    this.thoughts = [];
    this.results = new Map();
    let analysis: Analysis = {};
    const perform = async (kind: AgentKind): Promise<void> => {
      const specialist = SPECIALISTS.find((one) => one.kind === kind);
      if (specialist === undefined) throw new Error(`there is no specialist ${kind}`);
      const agent = await specialist.create(this.#scope(question));
      analysis = { ...analysis, ...specialist.output.parse(await agent.run(analysis)) };
    };
    await perform('triage');
    for (const kind of routeAfter(analysis.verdict ?? 'insufficient')) await perform(kind);
    if (analysis.report === undefined) throw new Error('the specialists have written no report');
    return analysis.report;
  }

  #scope(question: string) {
    const deps = {
      usage: this.usage,
      authority: { namesOf: () => Promise.resolve(this.colleagues) },
    };
    return {
      question,
      asOf: this.asOf,
      userId: USER.userId,
      featureNames: () => Promise.resolve([]),
      colleagues: () => Promise.resolve(this.colleagues),
      namesOf: (ids: readonly string[]) => Promise.resolve(ids.map((id) => this.colleagues.get(id) ?? id)),
      timeZone: () => Promise.resolve(this.timeZone),
      think: (note: string) => Promise.resolve(void this.thoughts.push(note)),
      loadConversation: () => this.memory.load(USER, THREAD),
      saveConversation: (filter: ConversationFilter) => this.memory.save(USER, THREAD, filter),
      call: async (name: string, args: object) => {
        const tool = TOOLS.find((one) => one.name === name);
        if (tool === undefined) throw new Error(`there is no tool ${name}`);
        const result = await tool.execute(deps, USER, tool.args.parse(args), new AbortController().signal);
        this.results.set(name, result);
        return result;
      },
    };
  }
}
