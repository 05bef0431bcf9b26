import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What `npm run prove -- <module>` found out; committed as `proof/results/<module>.json`. */
export interface ProofRecord {
  readonly v: 1;
  readonly module: string;
  /** `moduleHash` of the code that was proven. */
  readonly moduleHash: string;
  /** `stepsHash` of the steps and the World that carried the scenarios. */
  readonly stepsHash: string;
  /** Hash of each file of the module, for `--changed`. */
  readonly files: Readonly<Record<string, string>>;
  /** RFC 3339, UTC: when this was found out. */
  readonly at: string;
  readonly tool: string;
  readonly mutants: MutantCounts;
  /** Defects in the code that no scenario noticed. */
  readonly survivors: readonly Survivor[];
  /** Values of Then steps that were changed. */
  readonly specification: SpecificationCounts;
  readonly specificationSurvivors: readonly SpecificationSurvivor[];
  /** Sorted by key. */
  readonly scenarios: readonly ProvenScenario[];
}

export interface MutantCounts {
  readonly total: number;
  /** A scenario failed. */
  readonly killed: number;
  readonly survived: number;
  /** The scenarios did not come to an end any more; noticed, but by no scenario in particular. */
  readonly timeout: number;
  /** Code that no scenario runs. */
  readonly noCoverage: number;
  /** Not a fair defect: the module could not even be loaded with it, or it touches the wording of a log line only. */
  readonly ignored: number;
}

export interface Survivor {
  readonly file: string;
  readonly line: number;
  readonly mutator: string;
  readonly replacement: string;
  /** False when no scenario runs the code at all. */
  readonly covered: boolean;
}

export interface SpecificationCounts {
  readonly total: number;
  readonly caught: number;
  readonly survived: number;
  /** The changed sentence had no meaning, so it showed nothing. */
  readonly invalid: number;
}

export interface SpecificationSurvivor {
  readonly key: string;
  readonly step: string;
  readonly from: string;
  readonly to: string;
}

export interface ProvenScenario {
  /** Rule id, name and case, as in `scenario-identity.ts`. */
  readonly key: string;
  readonly contentHash: string;
  readonly caught: { readonly system: number; readonly specification: number };
  /** At most three, in words, one of each kind first. */
  readonly examples: readonly string[];
}

/** Share of the fair defects that were noticed, 0 to 1; 1 when there are none. */
export function mutationScore({ total, ignored, killed, timeout }: MutantCounts): number {
  return total === ignored ? 1 : (killed + timeout) / (total - ignored);
}

const pathOf = (module: string, root: string): string => join(root, 'proof', 'results', `${module}.json`);

export function readProof(module: string, root = process.cwd()): ProofRecord | null {
  const path = pathOf(module, root);
  if (!existsSync(path)) return null;
  const record = JSON.parse(readFileSync(path, 'utf8')) as ProofRecord;
  if (record.v !== 1) throw new Error(`proof/results/${module}.json: "v" is not 1. Remove the file and prove again.`);
  return record;
}

export function writeProof(record: ProofRecord, root = process.cwd()): string {
  const path = pathOf(record.module, root);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(record, null, 1)}\n`);
  return `proof/results/${record.module}.json`;
}
