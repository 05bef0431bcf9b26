import type { Plan, RunId, TenantId, UserId } from '../../../ssot/kernel';
import { eventually } from '../../../world/eventually';
import type { RegistrySchema } from './registry-schema';

export interface RunRow {
  readonly state: string;
  readonly step: number;
  readonly error_code: string | null;
  readonly ended_at: Date | null;
  readonly lease_owner: string | null;
  readonly lease_until: Date | null;
  readonly lease_epoch: number;
  readonly interruptions: number;
  /** Of its company, as it was known last. */
  readonly plan: Plan;
}
export interface CallRow {
  readonly tool: string;
  readonly input: unknown;
  readonly outcome: string;
  readonly result: unknown;
}

/** Runs as they are stored, read and changed from outside the modules. */
export class RunTable {
  constructor(private readonly schema: RegistrySchema) {}

  async row(runId: RunId): Promise<RunRow | undefined> {
    return (await this.#query<RunRow>('select * from $schema.runs where id = $1', [runId]))[0];
  }

  async stateOf(runId: RunId): Promise<string> {
    return (await this.row(runId))?.state ?? 'unknown';
  }

  /** How many runs of a tenant are in each of these states, at one moment. */
  async countsOf(tenantId: TenantId, states: readonly string[]): Promise<readonly number[]> {
    const rows = await this.#query<{ state: string }>('select state from $schema.runs where tenant_id = $1', [
      tenantId,
    ]);
    return states.map((state) => rows.filter((row) => row.state === state).length);
  }

  async countOfUser(userId: UserId): Promise<number> {
    return (await this.#query('select id from $schema.runs where user_id = $1', [userId])).length;
  }

  async unfinished(): Promise<number> {
    return (await this.#query('select id from $schema.runs where ended_at is null')).length;
  }

  async some(state: string, count: number): Promise<readonly { runId: RunId; userId: UserId }[]> {
    return this.#query(
      'select id as "runId", user_id as "userId" from $schema.runs where state = $1 order by created_at, id limit $2',
      [state, count],
    );
  }

  /** Whether somebody has locked the run's row. */
  async isLocked(runId: RunId): Promise<boolean> {
    const query = 'select id from $schema.runs where id = $1 for update skip locked';
    return (await this.#query(query, [runId])).length === 0;
  }

  /** The saved checkpoint. */
  checkpoints(runId: RunId): Promise<{ readonly ending: string | null }[]> {
    return this.#query('select step, version, agent, ending, fence from $schema.run_state where run_id = $1', [runId]);
  }

  calls(runId: RunId): Promise<CallRow[]> {
    return this.#query(
      `select tool, args as input, outcome, result from $schema.tool_calls
       where run_id = $1 and ended_at >= started_at order by call_id`,
      [runId],
    );
  }

  /** How many answers each tenant was given about so many calls. */
  answers(): Promise<readonly { tenantId: TenantId; answers: number; calls: number }[]> {
    return this.#query(`
      select tenant_id as "tenantId", count(*)::int as answers, (report -> 'calls')::int as calls
      from (select tenant_id, data -> 'report' as report from $schema.thread_events where type = 'agent_completed') each
      group by tenant_id, calls order by calls`);
  }

  /** How long runs waited and took, computed from their rows, named as the histograms are. */
  async durations(): Promise<readonly string[]> {
    const rows = await this.#query<{ line: string }>(`
      select name || ': ' || count(*) || ', ' || round(sum(seconds), 3) || ' s' as line from (
        select 'agent_run_wait_seconds {"until":"' || case when started_at is null then state else 'started' end || '"}' as name,
          extract(epoch from coalesce(started_at, ended_at) - created_at) as seconds from $schema.runs
          where coalesce(started_at, ended_at) is not null
        union all
        select 'agent_run_seconds {"ending":"' || state || '"}', extract(epoch from ended_at - started_at)
          from $schema.runs where started_at is not null and ended_at is not null) each
      group by name order by name`);
    return rows.map(({ line }) => line).sort();
  }

  setCreatedAt(runId: RunId, at: number): Promise<unknown> {
    return this.#query('update $schema.runs set created_at = $2 where id = $1', [runId, new Date(at)]);
  }

  setStartedAt(runId: RunId, at: number): Promise<unknown> {
    return this.#query('update $schema.runs set started_at = $2 where id = $1', [runId, new Date(at)]);
  }

  /** The lease has so many seconds left; less than zero: it has lapsed. */
  setLease(runId: RunId, secondsLeft = -1): Promise<unknown> {
    const query = 'update $schema.runs set lease_until = now() + make_interval(secs => $2) where id = $1';
    return this.#query(query, [runId, secondsLeft]);
  }

  /** Waits until the lease lasts so many seconds by PostgreSQL's clock, rounded up. */
  leaseLasts(runId: RunId, seconds: number): Promise<void> {
    const query = `select ceil(extract(epoch from lease_until - clock_timestamp()))::int as left from $schema.runs where id = $1`;
    return eventually(async () => {
      const [lease] = await this.#query<{ left: number }>(query, [runId]);
      if (lease?.left !== seconds) throw new Error(`the lease lasts ${lease?.left} seconds`);
    }, 1_000);
  }

  async #query<T extends object>(query: string, values: unknown[] = []): Promise<T[]> {
    const { rows, schema } = await this.schema.open();
    return (await rows.query<T>(query.replaceAll('$schema', schema), values)).rows;
  }
}
