import type { LifecycleSettings, Part } from '../contract';
import { LifecycleError } from '../errors';

/** Between the end of the stop and the moment at which the hosting platform ends the process. */
const SPARE_MS = 1_000;

/** Parts in an order in which each comes after those it needs. */
export type Plan = readonly Part[];

/** Pure; throws `plan_refused` with every problem, naming part and field. Nothing was started. */
export function planOf(parts: readonly Part[], settings: LifecycleSettings): Plan {
  const problems = [...limitProblems(parts, settings), ...needProblems(parts)];
  const order: Part[] = [];
  if (problems.length === 0) {
    const waiting = new Set(parts);
    for (let before = -1; before !== order.length;) {
      before = order.length;
      for (const part of waiting) {
        if ((part.needs ?? []).every((need) => order.some(({ name }) => name === need))) {
          order.push(part);
          waiting.delete(part);
        }
      }
    }
    if (waiting.size > 0)
      problems.push(`needs: ${[...waiting].map(({ name }) => name).join(', ')} need each other in a circle`);
  }
  if (problems.length > 0)
    throw new LifecycleError('plan_refused', `The parts cannot be started: ${problems.join('; ')}.`, {
      field: 'parts',
    });
  return order;
}

function needProblems(parts: readonly Part[]): string[] {
  const problems: string[] = [];
  const byName = new Map<string, Part>();
  for (const part of parts) {
    if (byName.has(part.name)) problems.push(`name: "${part.name}" is there twice`);
    byName.set(part.name, part);
  }
  for (const { name, needs = [], optional } of parts) {
    for (const need of needs) {
      const other = byName.get(need);
      if (need === name) problems.push(`${name}.needs: it needs itself`);
      else if (other === undefined) problems.push(`${name}.needs: there is no part "${need}"`);
      else if (other.optional === true && optional !== true)
        problems.push(`${name}.needs: "${need}" is optional and "${name}" is not`);
    }
  }
  return problems;
}

function limitProblems(parts: readonly Part[], settings: LifecycleSettings): string[] {
  const problems: string[] = [];
  for (const [field, ms] of Object.entries(settings)) if (!(ms >= 0)) problems.push(`${field}: it is ${ms} ms`);
  const { announceMs, finishMs, handOverMs, flushMs, releaseMs, stopPartsMs, stopMs, graceMs } = settings;
  const shares = announceMs + finishMs + handOverMs + flushMs + releaseMs + stopPartsMs;
  if (shares > stopMs)
    problems.push(`stopMs: the shares of the stop are ${shares} ms together, the stop has ${stopMs} ms`);
  if (graceMs - stopMs < SPARE_MS)
    problems.push(
      `graceMs: the stop has ${stopMs} ms of ${graceMs} ms, which leaves less than ${SPARE_MS} ms to spare`,
    );
  for (const { name, limits = {} } of parts) {
    for (const [field, ms] of Object.entries(limits))
      if (!(ms >= 0)) problems.push(`${name}.limits.${field}: it is ${ms} ms`);
  }
  return problems;
}
