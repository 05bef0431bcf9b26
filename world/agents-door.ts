import type { CallId, RunId } from '../ssot/kernel';
import { toolsIn } from './agents-story';
import type { Answer, Problem } from './http-client';
import type { Person } from './person';

interface FullResult {
  readonly callId: CallId;
  readonly tool: string;
  readonly outcome: string;
  readonly result: unknown;
}
interface Shared {
  readonly runId: RunId;
  readonly userId: string;
  readonly report: unknown;
}

/** What is kept of answers, as people fetch it through the platform's public contract. */
export class AgentDoor {
  /** What each of those who fetched was answered, in the order of fetching. */
  results: readonly Answer<FullResult & Partial<Problem>>[] = [];

  /** Each fetches the first tool's result of somebody's latest run; its owner also fetches one that nobody called. */
  async fetch(owner: Person, fetchers: readonly Person[], unknown: CallId): Promise<void> {
    const begun = owner
      .anyDevice()
      .story()
      .find(({ type }) => type === 'tool_executing');
    const { callId } = begun?.data as { callId: CallId };
    const asked: readonly (readonly [Person, CallId])[] = [
      ...[owner, ...fetchers].map((person) => [person, callId] as const),
      [owner, unknown],
    ];
    this.results = await Promise.all(
      asked.map(async ([person, call]) =>
        (await person.http()).send<FullResult & Partial<Problem>>('get', `/v1/runs/${owner.latestRun}/calls/${call}`),
      ),
    );
  }

  /** The reports that somebody reads, newest first. */
  async reports(person: Person): Promise<readonly Shared[]> {
    const http = await person.http();
    return (await http.require<{ reports: readonly Shared[] }>('get', '/v1/reports')).reports;
  }
}

/** What the owner's device showed of that first tool. */
export function firstToolOn(owner: Person): Pick<FullResult, 'tool' | 'outcome' | 'result'> {
  const [first] = toolsIn(owner.anyDevice().story());
  return { tool: first?.tool ?? '', outcome: first?.outcome ?? '', result: first?.result };
}
