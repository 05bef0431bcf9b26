import { withoutSecrets, type FullResult, type PublishedReport, type RegistryHealth } from '../ssot/agent-registry';
import type { CallId, Json, RunId, ThreadEvent } from '../ssot/kernel';
import type { Agents } from './agents';
import type { Person } from './person';
import type { PersonName } from './personas';

/** What is kept of runs for those who may read it: whole results, shared reports, and figures for operators. */
export class AgentKept {
  shown: Json = null;
  result: FullResult | null = null;
  health: RegistryHealth | null = null;

  constructor(private readonly agents: Agents) {}

  hide(value: Json): void {
    this.shown = withoutSecrets(value);
  }

  /** PostgreSQL takes no writes, and for so long instances look for runs and renew their leases in vain. */
  async withoutWrites(ms: number): Promise<void> {
    this.agents.instances.takesNoWrites = true;
    this.agents.letPass(ms);
    // Whoever looks has looked when the instance has stopped.
    await (await this.agents.instance()).drain(AbortSignal.abort());
  }

  /** The run, its first result and the shared reports, as somebody reads them. */
  async readAll(person: Person): Promise<readonly [string, string, number]> {
    const runs = await this.agents.instance();
    const { runId, callId } = await this.firstCall(person);
    const ctx = this.agents.contextOf(person);
    const { state } = await runs.get(ctx, runId);
    const { tool } = await runs.result(ctx, runId, callId);
    return [state, tool, (await runs.listPublished(ctx)).length];
  }

  /** The first tool call of somebody's story. */
  async firstCall(person: Pick<Person, 'name'>): Promise<{ runId: RunId; callId: CallId }> {
    const story = await this.agents.answered(person);
    const begun = story.find(
      (event): event is ThreadEvent & { type: 'tool_executing' } => event.type === 'tool_executing',
    );
    if (begun === undefined) throw new Error('no tool was called');
    return { runId: begun.runId, callId: begun.data.callId };
  }

  async fetch(person: Pick<Person, 'name'>, runId: RunId, callId: CallId): Promise<void> {
    const runs = await this.agents.instance();
    await this.agents.attempt(async () => {
      this.result = await runs.result(this.agents.contextOf(person), runId, callId);
    });
  }

  /** Shares the report of the latest run. */
  async publish(person: Pick<Person, 'name'>): Promise<void> {
    const runs = await this.agents.instances.living();
    await this.agents.attempt(async () => {
      await runs.publish(this.agents.contextOf(person), this.agents.latest.runId);
    });
  }

  async takeBack(person: Pick<Person, 'name'>): Promise<void> {
    const runs = await this.agents.instances.living();
    await this.agents.attempt(() => runs.unpublish(this.agents.contextOf(person), this.agents.latest.runId));
  }

  async published(name: PersonName): Promise<readonly PublishedReport[]> {
    return (await this.agents.instances.living()).listPublished(this.agents.contextOf({ name }));
  }

  /** What operators measured, one line for each kind: how often, and seconds in all. */
  get measured(): readonly string[] {
    const sums = new Map<string, { count: number; seconds: number }>();
    for (const { name, value } of this.agents.telling.observed) {
      const { count, seconds } = sums.get(name) ?? { count: 0, seconds: 0 };
      sums.set(name, { count: count + 1, seconds: seconds + value });
    }
    return [...sums].map(([name, { count, seconds }]) => `${name}: ${count}, ${seconds.toFixed(3)} s`).sort();
  }

  /** How another instance stands after it has looked and could take nothing. */
  async lookedInVain(instance: string): Promise<void> {
    const { telling } = this.agents;
    const vain = 'a run could not be claimed; the next poll tries again';
    await telling.until(() => (telling.lines.some(({ message }) => message === vain) ? true : 'nothing was tried yet'));
    this.health = (await this.agents.instance(instance)).health();
  }
}
