import { randomInt } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { WrongUsage, wishOf } from './command-line';
import type { Exercise, Finding } from './exercise';

/** Through `require`, because `import()` does not find TypeScript. */
const load = createRequire(__filename);
const SUFFIX = '.exercise.ts';
const exercises = Object.fromEntries(
  readdirSync(__dirname)
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => [file.slice(0, -SUFFIX.length), load(`./${file}`) as Exercise]),
);

function usage(): string {
  const lines = Object.entries(exercises).flatMap(([name, { about, options }]) => [
    `\n  ${name}: ${about}`,
    ...Object.entries(options).map(
      ([option, { says, default: usual }]) =>
        `    --${`${option}${usual === false ? '' : ` ${usual}`}`.padEnd(20)} ${says}`,
    ),
  ]);
  return `Usage: npm run soak -- <exercise> [--seed N] [--<option> N ...]

Plays an exercise on real processes of the platform, real stores and real connections, and says what was promised and what
was counted. Ends with 0 when all promises were kept, 1 when one was not, 64 for wrong usage, 70 when the exercise itself
broke. The same seed plays the same part; without --seed one is chosen and printed.
${lines.join('\n')}`;
}

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    console.log(usage());
    return 0;
  }
  const { name, seed, given } = wishOf(args, exercises, () => randomInt(2 ** 31));
  const options = Object.entries(given).map(([option, value]) => (value === true ? option : `${option} ${value}`));
  const chosen = options.filter((text) => !text.endsWith(' false'));
  console.log(`${name}, seed ${seed} (${chosen.join(', ')})`);
  const began = performance.now();
  const seconds = (): string => `${Math.round((performance.now() - began) / 1_000)} s`.padStart(6);
  const findings = await (exercises[name] as Exercise).default({
    seed,
    number: (option) => Number(given[option]),
    isOn: (option) => given[option] === true,
    say: (progress) => process.stderr.write(`${seconds()}  ${progress}\n`),
  });
  print(findings);
  const missed = findings.filter(({ met }) => !met).length;
  const again = ['npm run soak --', name, '--seed', seed, ...chosen.map((text) => `--${text}`)].join(' ');
  console.log(missed === 0 ? `Kept: all that is promised. Again: ${again}` : `Not kept: ${missed}. Again: ${again}`);
  return missed === 0 ? 0 : 1;
}

function print(findings: readonly Finding[]): void {
  const rows = [
    ['what', 'counted', 'promised', ''],
    ...findings.map(({ what, counted, promised, met }) => {
      return [what, counted, promised, promised === '' ? '' : met ? 'kept' : 'NOT KEPT'];
    }),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const [place, row] of rows.entries()) {
    console.log(`  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
    for (const detail of findings[place - 1]?.details ?? []) console.log(`      ${detail}`);
  }
}

main(process.argv.slice(2)).then(
  (status) => process.exit(status),
  (failure: unknown) => {
    const isWish = failure instanceof WrongUsage;
    console.error(isWish ? `${failure.message}\n\n${usage()}` : failure);
    process.exit(isWish ? 64 : 70);
  },
);
