import type { Check } from '../checks/check';
import type { ProofRecord } from '../record/record';
import { changedSpecification, type SpecificationRun } from './specification-run';

/** So many scenarios at a time, so that a proof that is stopped keeps what is known by then. */
const BATCH = 40;

/** Changes each value in the Then steps of these scenarios and records what was noticed. */
export async function tryValues(
  scenarios: readonly Check[],
  record: ProofRecord,
  how: SpecificationRun,
): Promise<void> {
  for (let from = 0; from < scenarios.length && !how.signal.aborted; from += BATCH) {
    await tryBatch(scenarios.slice(from, from + BATCH), record, how);
  }
}

async function tryBatch(scenarios: readonly Check[], record: ProofRecord, how: SpecificationRun): Promise<void> {
  const paths = scenarios.flatMap(({ place }) => (place.kind === 'scenario' ? [place.path] : []));
  const results = await changedSpecification(paths, how);
  if (how.signal.aborted) return;
  const of = Map.groupBy(results, ({ scenario }) => scenario);
  for (const { id, place } of scenarios) {
    const check = record.checks.get(id);
    if (check === undefined || place.kind !== 'scenario') continue;
    const own = of.get(place.path) ?? [];
    check.values = {
      noticed: own.filter(({ outcome }) => outcome === 'caught').length,
      meaningless: own.filter(({ outcome }) => outcome === 'invalid').length,
      unnoticed: own
        .filter(({ outcome }) => outcome === 'survived')
        .map(({ step, from, to }) => ({ step, from, to }))
        .sort((a, b) => (`${a.step} ${a.from} ${a.to}` < `${b.step} ${b.from} ${b.to}` ? -1 : 1)),
    };
  }
}
