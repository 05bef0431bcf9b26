import { readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { applied, DoesNotApply, readCatalogue, type Defect } from '../defects/catalogue';
import { fingerprintOf } from '../defects/fingerprint';
import { unitsOf } from '../identity/units';
import { sourcesOfModule } from '../instrument/modules';
import { readRecords } from './record-file';
import type { ProofRecord, RecordedUnit } from './record';

/** A record, and what of it is still true of the code as it stands now. */
export interface StandingRecord {
  readonly record: ProofRecord;
  /** Units of the record whose code means what it meant. */
  readonly units: readonly RecordedUnit[];
  /** How many units of the record have changed since, or are gone. */
  readonly changed: number;
  /** Realistic defects that stand in the catalogue and in the code as they were tried, by id. */
  readonly defects: ReadonlyMap<string, Defect>;
}

/** Every record of `proof/results/`, compared with the code of now. Nothing is run. */
export function standingRecords(root = process.cwd()): StandingRecord[] {
  return readRecords(root).map((record) => standing(record, root));
}

function standing(record: ProofRecord, root: string): StandingRecord {
  const now = new Set(unitsOf(sourcesOfModule(record.module, root)).map(({ hash }) => hash));
  const units = [...record.units.values()].filter(({ hash }) => now.has(hash));
  const defects = readCatalogue(record.module, root).filter((defect) => {
    const tried = record.defects.get(defect.id);
    return tried !== undefined && tried.fingerprint === fingerprintNow(defect, root);
  });
  return {
    record,
    units,
    changed: record.units.size - units.length,
    defects: new Map(defects.map((defect) => [defect.id, defect])),
  };
}

/** `undefined` when the defect does not fit the code any more. */
function fingerprintNow(defect: Defect, root: string): string | undefined {
  const read = (file: string): string | undefined =>
    existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : undefined;
  try {
    return fingerprintOf(applied(defect, read), read);
  } catch (error) {
    if (error instanceof DoesNotApply) return undefined;
    throw error;
  }
}
