import { standingRecords, type StandingRecord } from '../../proof/record/standing';
import type { ProofOfScenario } from './run-model';

/** What a scenario caught, as far as its sentences and the code that was broken still mean what they meant then. */
export interface Proofs {
  /** @param meaning of `ScenarioIdentity` */
  of(meaning: string): ProofOfScenario | undefined;
}

const MAX_EXAMPLES = 3;

export function readProofs(root = process.cwd()): Proofs {
  return proofsOf(standingRecords(root));
}

/** A scenario that serves two modules may have been proven with both: its catches add up. */
export function proofsOf(records: readonly StandingRecord[]): Proofs {
  return {
    of(meaning) {
      const known = records.filter(({ record }) => record.checks.has(meaning));
      const inCode = known.flatMap((one) => mutantsNoticed(one, meaning));
      const defects = known.flatMap((one) => defectsNoticed(one, meaning));
      const values = known.reduce((sum, { record }) => sum + (record.checks.get(meaning)?.values?.noticed ?? 0), 0);
      const mutants = inCode.reduce((sum, { count }) => sum + count, 0);
      if (mutants + values + defects.length === 0) return undefined;
      const places = inCode.sort((a, b) => b.count - a.count).map(({ unit, module }) => `${unit} in ${module}`);
      return {
        systemMutants: mutants,
        specificationMutants: values,
        realisticDefects: defects.length,
        examples: [...defects, ...places].slice(0, MAX_EXAMPLES),
      };
    },
  };
}

function mutantsNoticed({ record: { module }, units }: StandingRecord, check: string) {
  return units.flatMap(({ name, noticed }) => {
    const count = [...noticed.values()].filter((checks) => checks.has(check)).length;
    return count === 0 ? [] : [{ module, unit: name, count }];
  });
}

/** Their sentences. */
function defectsNoticed({ record, defects }: StandingRecord, check: string): string[] {
  return [...defects.values()].flatMap(({ id, sentence }) =>
    record.defects.get(id)?.noticedBy.includes(check) ? [sentence] : [],
  );
}
