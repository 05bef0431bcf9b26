import type { Metrics } from '../../kernel';

interface RunTimes {
  readonly createdAt: Date;
  readonly startedAt: Date | null;
}

/** For operators: how long runs waited, by what ended the waiting, and how long those that began took, by their ending. */
export function recordStart(metrics: Metrics, { createdAt }: RunTimes, at: Date): void {
  metrics.observe('agent_run_wait_seconds', secondsFrom(createdAt, at), { until: 'started' });
}

export function recordEnd(
  metrics: Metrics,
  run: RunTimes,
  ending: 'completed' | 'failed' | 'cancelled',
  at: Date,
): void {
  if (run.startedAt === null) {
    metrics.observe('agent_run_wait_seconds', secondsFrom(run.createdAt, at), { until: ending });
  } else metrics.observe('agent_run_seconds', secondsFrom(run.startedAt, at), { ending });
}

function secondsFrom(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / 1_000;
}
