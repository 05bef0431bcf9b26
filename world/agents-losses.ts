import { SPECIALISTS } from '../ssot/agent-registry';
import type { Agents } from './agents';
import type { Moment } from './agents-instances';
import type { ControlledClock } from './controlled-clock';
import { eventually } from './eventually';
import type { Person } from './person';
import { toolsIn } from './agents-story';

/** Points at which the instance that answers can be killed, and how often it comes past before. */
export const KILLS = {
  'while the question waits': ['take', 0],
  'before the first step': ['agent_started', 0],
  "between a tool's start and its result": ['tool_completed', 0],
  'between two steps': ['save', 1],
  'after the report, before the ending': ['agent_completed', 0],
  'at its 30th tool': ['tool_completed', 29],
} as const satisfies Record<string, readonly [Moment, number]>;
export type Kill = keyof typeof KILLS;

/** What becomes of a run whose first instance is killed. */
export class AgentLosses {
  constructor(
    private readonly agents: Agents,
    private readonly clock: ControlledClock,
  ) {}

  /** The first instance is killed at this point of answering; when its lease has lapsed, another looks. */
  async kill(person: Person, question: string, at: Kill): Promise<void> {
    const { instances, scenes, stored, telling } = this.agents;
    const [moment, skip] = KILLS[at];
    if (this.agents.specialists === SPECIALISTS) scenes.bringUsage();
    await this.agents.instance('one');
    instances.lose('one', moment, skip);
    await this.agents.ask(person, question);
    await telling.until(() => (instances.isLost('one') ? true : 'the first instance is not lost yet'));
    if (at !== 'while the question waits') await stored.letLeaseLapse(this.agents.latest.runId);
    await scenes.startAnother();
  }

  /** The run began so long ago, and its next instance is reading when `thenMs` more pass. */
  async useUpTime(ms: number, thenMs: number): Promise<void> {
    const { scenes, stored, telling, usage } = this.agents;
    const before = usage.asked.length;
    await stored.letStartEarlier(ms);
    usage.isHanging = true;
    usage.onAsked = () => telling.stir();
    await scenes.startAnother();
    await telling.until(() => (usage.asked.length > before ? true : 'nothing is read yet'));
    this.clock.advance(thenMs);
  }

  /** For so long no lease can be renewed; afterwards it can. */
  async missRenewal(ms: number): Promise<void> {
    const { instances, telling } = this.agents;
    instances.takesNoWrites = true;
    this.clock.advance(ms);
    await eventually(() => {
      if (!telling.lines.some(({ level }) => level === 'warn')) throw new Error('no operator was warned yet');
      return Promise.resolve();
    });
    instances.takesNoWrites = false;
  }

  /** Every tool that the story shows, with how it ended. */
  async tools(person: Person): Promise<string> {
    const shown = toolsIn(await this.agents.answered(person));
    return shown.map(({ tool, outcome }) => (outcome === 'ok' ? tool : `${tool} ${outcome}`)).join(', ');
  }
}
