import type { RunId, TenantId, UserId } from '../ssot/kernel';
import type { AgentsGround } from './agents-ground';
import type { Telling } from './agents-telling';
import type { ControlledClock } from './controlled-clock';
import { eventually } from './eventually';

interface StoredRun {
  readonly state: string;
  readonly step: number;
  readonly error_code: string | null;
  readonly ended_at: Date | null;
  readonly lease_owner: string | null;
  readonly lease_until: Date | null;
}
/** Runs as they are stored, seen and changed from outside the modules. */
export class StoredRuns {
  constructor(
    private readonly ground: AgentsGround,
    private readonly telling: Telling,
    private readonly clock: ControlledClock,
    private readonly latest: () => RunId,
  ) {}

  /** The latest run's row. */
  async latestRow(): Promise<StoredRun> {
    const [row] = await this.#rows<StoredRun>('select * from $schema.runs where id = $1', [this.latest()]);
    if (row === undefined) throw new Error('the run is not stored');
    return row;
  }

  /** The latest run's row once it has ended, with no lease left on it. */
  async over(): Promise<StoredRun> {
    const row = await this.telling.until(async () => {
      const now = await this.latestRow();
      return now.ended_at === null ? `the run is ${now.state}` : now;
    });
    if (row.lease_owner !== null || row.lease_until !== null) throw new Error('an ended run is still leased');
    if (Number(row.ended_at) !== this.clock.now()) throw new Error(`the run ended at ${String(row.ended_at)}`);
    return row;
  }

  /** How many seconds the latest run's lease lasts by PostgreSQL's clock, rounded up, once that is as expected. */
  leaseOf(seconds: number): Promise<void> {
    const query = `select ceil(extract(epoch from lease_until - clock_timestamp()))::int as left from $schema.runs where id = $1`;
    return eventually(async () => {
      const [lease] = await this.#rows<{ left: number }>(query, [this.latest()]);
      if (lease?.left !== seconds) throw new Error(`the lease lasts ${lease?.left} seconds`);
    }, 1_000);
  }

  kept(): Promise<object[]> {
    return this.#rows('select step, version, agent, ending, fence from $schema.run_state where run_id = $1', [
      this.latest(),
    ]);
  }

  /** The latest run's tool calls as they are stored. */
  keptCalls(): Promise<{ tool: string; input: unknown; outcome: string; result: unknown }[]> {
    return this.#rows(
      `select tool, args as input, outcome, result from $schema.tool_calls
       where run_id = $1 and ended_at >= started_at order by call_id`,
      [this.latest()],
    );
  }

  /** How many of a company's runs are in this state. */
  /** How many runs of a company are in each of these states, at one moment. */
  async countsOf(tenantId: TenantId, states: readonly string[]): Promise<readonly number[]> {
    const rows = await this.#rows<{ state: string }>('select state from $schema.runs where tenant_id = $1', [tenantId]);
    return states.map((state) => rows.filter((row) => row.state === state).length);
  }

  async stateOf(runId: RunId): Promise<string> {
    const [row] = await this.#rows<{ state: string }>('select state from $schema.runs where id = $1', [runId]);
    return row?.state ?? 'unknown';
  }

  /** As if the latest question had been asked so long ago. */
  async letWait(ms: number): Promise<void> {
    const at = new Date(this.clock.now() - ms);
    await this.#rows('update $schema.runs set created_at = $2 where id = $1', [this.latest(), at]);
  }

  /** As if the latest run had begun so much earlier. */
  async letStartEarlier(ms: number): Promise<void> {
    const at = new Date(this.clock.now() - ms);
    await this.#rows('update $schema.runs set started_at = $2 where id = $1', [this.latest(), at]);
  }

  /** How long runs waited and took, worked out from their rows, in the words of the operators' figures. */
  async measured(): Promise<readonly string[]> {
    const rows = await this.#rows<{ line: string }>(`
      select name || ': ' || count(*) || ', ' || round(sum(seconds), 3) || ' s' as line from (
        select 'agent_run_wait_seconds {"until":"' || case when started_at is null then state else 'started' end || '"}' as name,
          extract(epoch from coalesce(started_at, ended_at) - created_at) as seconds from $schema.runs where coalesce(started_at, ended_at) is not null
        union all
        select 'agent_run_seconds {"ending":"' || state || '"}', extract(epoch from ended_at - started_at)
          from $schema.runs where started_at is not null and ended_at is not null) each
      group by name order by name`);
    return rows.map(({ line }) => line).sort();
  }

  /** Whether somebody has the run's row in his hands. */
  async isHeld(runId: RunId): Promise<boolean> {
    const query = 'select id from $schema.runs where id = $1 for update skip locked';
    return (await this.#rows(query, [runId])).length === 0;
  }

  async some(state: string, count: number): Promise<readonly { runId: RunId; userId: UserId }[]> {
    return this.#rows(
      'select id as "runId", user_id as "userId" from $schema.runs where state = $1 order by created_at, id limit $2',
      [state, count],
    );
  }

  async unfinished(): Promise<number> {
    return (await this.#rows('select id from $schema.runs where ended_at is null')).length;
  }

  /** How many answers each company was given about so many calls. */
  async answers(): Promise<readonly { tenantId: TenantId; answers: number; calls: number }[]> {
    return this.#rows(`
      select tenant_id as "tenantId", count(*)::int as answers,
        (report -> 'calls')::int as calls
      from (select tenant_id, data -> 'report' as report from $schema.thread_events where type = 'agent_completed') each
      group by tenant_id, calls order by calls`);
  }

  async runsOf(userId: UserId): Promise<number> {
    const rows = await this.#rows('select id from $schema.runs where user_id = $1', [userId]);
    return rows.length;
  }

  async #rows<T extends object>(query: string, values: unknown[] = []): Promise<T[]> {
    const { rows, schema } = await this.ground.open();
    return (await rows.query<T>(query.replaceAll('$schema', schema), values)).rows;
  }

  /** What happens when an instance is lost: its lease is not renewed any more, and 15 seconds pass. */
  async letLeaseLapse(runId: RunId, left = -1): Promise<void> {
    await this.#rows(`update $schema.runs set lease_until = now() + make_interval(secs => $2) where id = $1`, [
      runId,
      left,
    ]);
  }
}
