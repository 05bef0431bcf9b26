import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import type { Benchmark, Row } from './row';

/** Through ts-node, which does not see `import()`. */
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
}

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    const width = Math.max(...names.map((name) => name.length));
    const lines = names.map((name) => `  ${name.padEnd(width)}  ${(load(`./${name}.bench`) as Loaded).about}`);
    console.log(`${USAGE.replace(/Benchmarks: .*$/, 'Benchmarks:')}\n${lines.join('\n')}`);
    return 0;
  }
  const isOption = (text: string | undefined): boolean => text?.startsWith('--') === true;
  const wanted = args.filter((text, place) => !isOption(text) && !isOption(args[place - 1]));
  const options = Object.fromEntries(
    args.flatMap((text, place) => (isOption(text) ? [[text.slice(2), args[place + 1] ?? '']] : [])),
  );
  const unknown = wanted.filter((name) => !existsSync(resolve(__dirname, `${name}.bench.ts`)));
  if (wanted.length === 0 || unknown.length > 0) {
    console.error(unknown.length > 0 ? `There is no benchmark "${unknown.join('", "')}".\n\n${USAGE}` : USAGE);
    return 64;
  }
  let missed = 0;
  for (const name of wanted) {
    const { default: benchmark } = load(`./${name}.bench`) as Loaded;
    console.log(`\n${name}`);
    const rows = await benchmark((progress) => process.stderr.write(`  ${progress}\n`), options);
    print(rows);
    missed += rows.filter((row) => !row.met).length;
  }
  return missed > 0 ? 1 : 0;
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
    console.error(failure);
    process.exit(70);
  },
);
