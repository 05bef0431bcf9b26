import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Envelope, Timestamp } from '@cucumber/messages';
import type { Benchmark, Row } from './figures/row';

const ROOT = resolve(__dirname, '..');

export const about = 'where the wall time of a run of the whole suite goes';

/**
 * Where the wall time of a whole run goes. Workers run side by side, so what happened in them is divided by their
 * number; what is left of the wall time after starting services and running attempts is the harness.
 */
const suite: Benchmark = async (say) => {
  say('running the whole suite');
  const began = Date.now();
  const child = spawn(process.execPath, [resolve(ROOT, 'node_modules/@cucumber/cucumber/bin/cucumber.js')], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [status] = (await once(child, 'exit')) as [number];
  const wallMs = Date.now() - began;
  if (status !== 0) throw new Error(`the suite ended with ${status}; its times would mean nothing`);
  return rows(wallMs, began);
};
export default suite;

interface ServiceTimes {
  readonly wallMs: number;
}

function rows(wallMs: number, began: number): readonly Row[] {
  const messages = readFileSync(resolve(ROOT, 'reports/output/messages.ndjson'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Envelope);
  const services = JSON.parse(readFileSync(resolve(ROOT, 'reports/output/services.json'), 'utf8')) as ServiceTimes;

  const hookSteps = new Set(
    messages.flatMap(({ testCase }) =>
      (testCase?.testSteps ?? []).filter((step) => step.hookId !== undefined).map((step) => step.id),
    ),
  );
  const started = messages.flatMap(({ testCaseStarted }) => testCaseStarted ?? []);
  const workers = new Set(started.map((attempt) => attempt.workerId)).size || 1;
  const first = Math.min(...started.map((attempt) => instant(attempt.timestamp)));
  const last = Math.max(...messages.flatMap(({ testCaseFinished: end }) => (end ? [instant(end.timestamp)] : [])));
  let hooksMs = 0;
  let stepsMs = 0;
  for (const { testStepFinished: step } of messages) {
    if (step === undefined) continue;
    const ms = step.testStepResult.duration.seconds * 1_000 + step.testStepResult.duration.nanos / 1e6;
    if (hookSteps.has(step.testStepId)) hooksMs += ms;
    else stepsMs += ms;
  }
  const loadingMs = first - began - services.wallMs;
  const runningMs = last - first;
  const harnessMs = runningMs - (stepsMs + hooksMs) / workers + (wallMs - (last - began));
  const share = (harnessMs + hooksMs / workers) / wallMs;
  const perScenario = wallMs / started.length;
  const row = (name: string, ours: number, target = '', met = true, unit = 'ms'): Row => ({
    name,
    ours,
    unit,
    target,
    met,
  });
  return [
    row('scenarios', started.length, '', true, 'run'),
    row('workers', workers, '', true, ''),
    row('wall time', wallMs),
    row('  service start', services.wallMs, 'under 4,000 ms', services.wallMs < 4_000),
    row('  loading', loadingMs),
    row('  steps, by worker', stepsMs / workers),
    row('  hooks, by worker', hooksMs / workers),
    row('  harness: gaps, judging, reports, stopping', harnessMs),
    row('harness and hooks of the wall time', share * 100, 'under 25 %', share < 0.25, '%'),
    row('wall time a scenario', perScenario, 'at most 100 ms', perScenario <= 100),
  ];
}

function instant(timestamp: Timestamp): number {
  return timestamp.seconds * 1_000 + timestamp.nanos / 1e6;
}
