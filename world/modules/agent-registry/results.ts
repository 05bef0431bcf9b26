import type { CallId, RunId, ThreadEvent } from '../../../ssot/kernel';
import type { Answer, Problem } from '../../clients/http-client';
import type { Person } from '../../actors/person';
import { latestReport } from './reports';

interface FullResult {
  readonly callId: CallId;
  readonly tool: string;
  readonly outcome: string;
  readonly result: unknown;
}
interface SharedReport {
  readonly runId: RunId | null;
  readonly report: unknown;
}
export type SharingAct = 'shares' | 'has shared' | 'takes back';

/** What is kept of answers, as people fetch and share it. */
export class Results {
  #fetched: readonly Answer<FullResult & Partial<Problem>>[] = [];
  /** Why the latest sharing was refused. */
  refusal: Problem | null = null;

  /** Each fetches the first tool's result of somebody's latest run; its owner also fetches one that nobody called. */
  async fetch(owner: Person, fetchers: readonly Person[], unknown: CallId): Promise<void> {
    const begun = owner
      .anyDevice()
      .story()
      .find(({ type }) => type === 'tool_executing');
    if (begun === undefined) throw new Error(`${owner.name} has seen no tool begin`);
    const { callId } = begun.data as { callId: CallId };
    const asked: readonly (readonly [Person, CallId])[] = [
      ...[owner, ...fetchers].map((person) => [person, callId] as const),
      [owner, unknown],
    ];
    this.#fetched = await Promise.all(
      asked.map(async ([person, call]) =>
        (await person.http()).send<FullResult & Partial<Problem>>('get', `/v1/runs/${owner.latestRun}/calls/${call}`),
      ),
    );
  }

  /** The reports that somebody reads among the company's, newest first. */
  async sharedWith(person: Person): Promise<readonly SharedReport[]> {
    const http = await person.http();
    const { reports } = await http.require<{ reports: readonly SharedReport[] }>('get', '/v1/reports');
    return reports.map(({ runId, report }) => ({ runId, report }));
  }

  /** Somebody shares, or takes back, the report of somebody's latest run. Who `has shared` it was not refused. */
  async share(person: Person, owner: Person, how: SharingAct): Promise<void> {
    const http = await person.http();
    const path = `/v1/runs/${owner.latestRun}/publication`;
    const { status, body } = await http.send<Problem>(how === 'takes back' ? 'delete' : 'post', path);
    this.refusal = status < 300 ? null : body;
    if (how === 'has shared' && this.refusal !== null) throw new Error(`sharing was refused: ${this.refusal.detail}`);
  }

  /** What the first of those who fetched was given. */
  get given(): object {
    return this.#told[0] ?? {};
  }

  /** What all the others were told. */
  get refused(): readonly object[] {
    return this.#told.slice(1);
  }

  get #told(): readonly object[] {
    return this.#fetched.map(({ status, body }) => ({ status, ...body }));
  }
}

export interface ToolCall {
  readonly agent: string;
  readonly tool: string;
  readonly outcome: string | undefined;
  readonly result: unknown;
}

/** Somebody's latest report as it must be found among the company's. */
export async function sharedBy(owner: Person): Promise<SharedReport> {
  return { runId: owner.latestRun, report: await latestReport(owner) };
}

/** Each tool call as a device shows it, with its result when it has one. */
export function toolCallsIn(events: readonly ThreadEvent[]): readonly ToolCall[] {
  return events.flatMap((event) => {
    if (event.type !== 'tool_executing') return [];
    const { callId, tool } = event.data;
    const end = events.find((one) => one.type === 'tool_completed' && one.data.callId === callId);
    const { outcome, summary: result } = end?.type === 'tool_completed' ? end.data : {};
    return [{ agent: String(event.agent), tool, outcome, result }];
  });
}
