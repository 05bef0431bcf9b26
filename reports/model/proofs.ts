import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { moduleHash } from '../../proof/module-hash';
import { readProof, type ProofRecord } from '../../proof/proof-record';
import type { ProofOfScenario } from './run-model';

/** What a scenario caught, provided that neither its sentences nor the code it was proven against changed since. */
export interface Proofs {
  of(scenario: { readonly key: string; readonly contentHash: string }): ProofOfScenario | undefined;
}

/** Records of modules whose source is another today are left out: they say nothing about this code. */
export function readProofs(root = process.cwd()): Proofs {
  return proofsOf(readProofRecords(root).filter((record) => record.moduleHash === moduleHash(record.module, root)));
}

/** Every record of `proof/results/`, stale ones too. */
export function readProofRecords(root = process.cwd()): ProofRecord[] {
  return globSync('proof/results/*.json', { cwd: root })
    .sort()
    .flatMap((path) => readProof(basename(path, '.json'), root) ?? []);
}

/** A scenario that serves two modules may have been proven with both: its catches add up. */
export function proofsOf(records: readonly ProofRecord[]): Proofs {
  const proven = Map.groupBy(
    records.flatMap(({ scenarios }) => scenarios),
    ({ key, contentHash }) => `${contentHash} ${key}`,
  );
  return {
    of({ key, contentHash }) {
      const all = proven.get(`${contentHash} ${key}`) ?? [];
      const systemMutants = all.reduce((sum, { caught }) => sum + caught.system, 0);
      const specificationMutants = all.reduce((sum, { caught }) => sum + caught.specification, 0);
      if (systemMutants + specificationMutants === 0) return undefined;
      return { systemMutants, specificationMutants, examples: all.flatMap(({ examples }) => examples) };
    },
  };
}
