import { Instrumenter } from '@stryker-mutator/instrumenter';
import { version } from '@stryker-mutator/instrumenter/package.json';
import type { Mutant } from '@stryker-mutator/api/core';
import ts from 'typescript';
import { unitsOf, type SourceText, type Unit } from '../identity/units';
import { logWording } from './log-wording';

/** Which mutants there are depends on it, so a record names it. */
export const MUTATORS = `Stryker ${version}`;

/** One defect that can be switched on in the instrumented code of a module. */
export interface SystemMutant {
  /** Meaning: hash of its unit, a slash, and its rank among all mutants of the unit. */
  readonly identity: string;
  /** What switches it on in this instrumented code: a number as text. */
  readonly switch: string;
  readonly unit: Unit;
  readonly rank: number;
  readonly file: string;
  readonly line: number;
  readonly mutator: string;
  readonly original: string;
  readonly replacement: string;
  /** Why it is no fair defect. */
  readonly ignored?: string;
}

export interface InstrumentedModule {
  /** TypeScript by path, with every mutant in it, all of them off. */
  readonly files: ReadonlyMap<string, string>;
  readonly mutants: readonly SystemMutant[];
  readonly units: readonly Unit[];
}

/** Puts every mutant into the code of a module, each behind a switch. Throws on code that does not parse. */
export async function instrument(sources: readonly SourceText[]): Promise<InstrumentedModule> {
  const { files, mutants } = await new Instrumenter(silence).instrument(
    sources.map(({ path, text }) => ({ name: path, content: text, mutate: true })),
    { plugins: null, excludedMutations: [], ignorers: [logWording] },
  );
  const units = unitsOf(sources);
  return {
    files: new Map(files.map(({ name, content }) => [name, content])),
    mutants: sources.flatMap((source) => mutantsOf(source, mutants, units)),
    units,
  };
}

function mutantsOf({ path, text }: SourceText, all: readonly Mutant[], units: readonly Unit[]): SystemMutant[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext);
  const offset = ({ line, column }: Mutant['location']['start']): number =>
    file.getPositionOfLineAndCharacter(line, column);
  const own = units.filter((unit) => unit.file === path);
  const placed = all
    .filter(({ fileName }) => fileName === path)
    .map((mutant) => ({ mutant, start: offset(mutant.location.start), end: offset(mutant.location.end) }))
    // By place and not by Stryker's numbers, which follow the order in which it walks.
    .sort((a, b) => a.start - b.start || b.end - a.end || Number(a.mutant.id) - Number(b.mutant.id));
  const ranks = new Map<Unit, number>();
  return placed.flatMap(({ mutant, start, end }) => {
    const unit = own.find((one) => one.start <= start && end <= one.end);
    if (unit === undefined) return []; // In nothing that behaves: an export list, a heritage clause.
    const rank = ranks.get(unit) ?? 0;
    ranks.set(unit, rank + 1);
    return {
      identity: `${unit.hash}/${rank}`,
      switch: mutant.id,
      unit,
      rank,
      file: path,
      line: mutant.location.start.line + 1,
      mutator: mutant.mutatorName,
      original: brief(text.slice(start, end)),
      replacement: brief(mutant.replacement),
      ...(mutant.status === 'Ignored' && { ignored: mutant.statusReason ?? 'ignored' }),
    };
  });
}

/** One line of at most 80 characters. */
export function brief(code: string): string {
  const line = code.replace(/\s+/g, ' ').trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}

const nothing = (): void => {};
const never = (): boolean => false;
const silence = {
  ...{ trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing, fatal: nothing },
  isTraceEnabled: never,
  isDebugEnabled: never,
  isInfoEnabled: never,
  isWarnEnabled: never,
  isErrorEnabled: never,
  isFatalEnabled: never,
};
