import { shortHash, unitsOf, type Unit } from '../identity/units';
import type { AppliedDefect } from './catalogue';

type Read = (file: string) => string | undefined;

/** The units that the edits of a defect stand in. */
export function unitsTouched({ places }: AppliedDefect, read: Read): Unit[] {
  return places.flatMap(({ file, start, end }) =>
    unitsOf([{ path: file, text: read(file) ?? '' }]).filter((unit) => unit.start < end && start < unit.end),
  );
}

/** By what the code means before and after, as far as that differs: how an edit is written down changes nothing. */
export function fingerprintOf({ files }: AppliedDefect, read: Read): string {
  const hashes = (text: Read): ReadonlySet<string> =>
    new Set(unitsOf([...files.keys()].map((path) => ({ path, text: text(path) ?? '' }))).map(({ hash }) => hash));
  const [before, after] = [hashes(read), hashes((file) => files.get(file))];
  const gone = [...before].filter((hash) => !after.has(hash));
  const come = [...after].filter((hash) => !before.has(hash));
  return shortHash(...gone.sort(), 'became', ...come.sort());
}
