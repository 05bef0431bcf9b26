/** One measured figure. All values of a row come from the same run on the same machine; read them as ratios. */
export interface Row {
  readonly name: string;
  /** Ours, in `unit`. */
  readonly ours: number;
  readonly unit: string;
  readonly peer?: { readonly name: string; readonly value: number };
  readonly floor?: { readonly name: string; readonly value: number };
  /** What was aimed at, in words: "at most 2 x the floor". */
  readonly target: string;
  readonly met: boolean;
}

/** A benchmark: `bench/<name>.bench.ts` exports one as its default. */
export type Benchmark = (
  say: (progress: string) => void,
  /** What its module names as `options`, as given or by default. */
  options: Readonly<Record<string, number>>,
) => Promise<readonly Row[]>;
