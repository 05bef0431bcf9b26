/** `0,1,2,3,7` as `0-3,7`; sorted. */
export function ranksText(ranks: Iterable<number>): string {
  const sorted = [...ranks].sort((a, b) => a - b);
  const runs: [from: number, to: number][] = [];
  for (const rank of sorted) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === rank - 1) last[1] = rank;
    else runs.push([rank, rank]);
  }
  return runs.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',');
}

/** Throws a RangeError for a text that is none. */
export function ranksOf(text: string): number[] {
  if (text === '') return [];
  return text.split(',').flatMap((run) => {
    const [from, to = from] = run.split('-').map(Number);
    if (from === undefined || to === undefined || !(from >= 0 && to >= from))
      throw new RangeError(`no ranks: "${text}"`);
    return Array.from({ length: to - from + 1 }, (_, step) => from + step);
  });
}
