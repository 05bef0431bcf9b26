import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { closest } from 'fastest-levenshtein';
import type { Benchmark, Row } from './figures/row';

/** Through `require`, because `import()` does not find TypeScript. */
const load = createRequire(__filename);

const names = readdirSync(__dirname)
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.replace('.bench.ts', ''));

const USAGE = `Usage: npm run bench -- <name> [<name> ...] [--<option> <value> ...]

Measures in one run on this machine, most against a named peer and a physical floor, prints ratios, and ends with 1 if a
target was missed. The services of a benchmark are started for it, as SPEC_SERVICES says (npm run services -- --help).
BENCH_QUICK=1 runs the larger ones at a tenth of their size, to see that they run; such figures mean little.

Benchmarks: ${names.join(', ')}`;

interface Loaded {
  readonly default: Benchmark;
  /** What it measures, in a line. */
  readonly about: string;
  /** Whole numbers above 0 that can be given, with what they are otherwise. */
  readonly options?: Readonly<Record<string, number>>;
}

/** A wish that cannot be met, in a sentence. */
class NotMeasured extends Error {}

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    const width = Math.max(...names.map((name) => name.length));
    const lines = names.map((name) => `  ${name.padEnd(width)}  ${(load(`./${name}.bench`) as Loaded).about}`);
    console.log(`${USAGE.replace(/Benchmarks: .*$/, 'Benchmarks:')}\n${lines.join('\n')}`);
    return 0;
  }
  const { wanted, given } = wishes(args);
  let missed = 0;
  for (const { name, default: benchmark, options } of wanted) {
    console.log(`\n${name}`);
    const rows = await benchmark((progress) => process.stderr.write(`  ${progress}\n`), { ...options, ...given });
    print(rows);
    missed += rows.filter((row) => !row.met).length;
  }
  return missed > 0 ? 1 : 0;
}

function wishes(args: readonly string[]) {
  const isOption = (text: string | undefined): boolean => text?.startsWith('--') === true;
  const wanted = args
    .filter((text, place) => !isOption(text) && !isOption(args[place - 1]))
    .map((name) => {
      if (names.includes(name)) return { name, ...(load(`./${name}.bench`) as Loaded) };
      const near = names.find((known) => known.startsWith(name)) ?? closest(name, names);
      throw new NotMeasured(`There is no benchmark "${name}". Did you mean ${near}?`);
    });
  if (wanted.length === 0) throw new NotMeasured('Which benchmark?');
  const known = wanted.flatMap(({ options = {} }) => Object.keys(options));
  const given = args.flatMap((text, place) => {
    if (!isOption(text)) return [];
    const option = text.slice(2);
    if (!known.includes(option)) throw new NotMeasured(`${wanted[0]?.name} has no option ${text}.`);
    const value = Number(args[place + 1]);
    if (!Number.isInteger(value) || value < 1) throw new NotMeasured(`${text} takes a whole number above 0.`);
    return [[option, value] as const];
  });
  return { wanted, given: Object.fromEntries(given) };
}

function print(rows: readonly Row[]): void {
  const lines = rows.map((row) => [
    row.name,
    figure(row.ours, row.unit),
    against(row, row.peer),
    against(row, row.floor),
    row.target,
    row.met ? 'met' : 'MISSED',
  ]);
  const table = [['what', 'ours', 'peer', 'floor', 'target', ''], ...lines];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0))) ?? [];
  for (const line of table) console.log('  ' + line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
}

function against(row: Row, other?: { name: string; value: number }): string {
  return other === undefined ? '-' : `${(row.ours / other.value).toFixed(2)} x ${other.name}`;
}

function figure(value: number, unit: string): string {
  return `${value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)} ${unit}`;
}

main(process.argv.slice(2)).then(
  (status) => process.exit(status),
  (failure: unknown) => {
    const isWish = failure instanceof NotMeasured;
    console.error(isWish ? `${failure.message}\n\n${USAGE}` : failure);
    process.exit(isWish ? 64 : 70);
  },
);
