import { parseArgs } from 'node:util';
import { closest } from 'fastest-levenshtein';
import type { Exercise, Options } from './exercise';

/** A wish that cannot be met, in a sentence. */
export class WrongUsage extends Error {}

export interface Wish {
  readonly name: string;
  readonly seed: number;
  readonly given: Readonly<Record<string, number | boolean>>;
}

/** The most a seed can be, so that it stays an exact number of 32 bits. */
const SEEDS = 2 ** 31;

/** Reads `<exercise> [--seed N] [--option N] [--switch]`. Throws WrongUsage with the way out. */
export function wishOf(
  args: readonly string[],
  exercises: Readonly<Record<string, Pick<Exercise, 'options'>>>,
  anySeed: () => number,
): Wish {
  const [name = '', ...rest] = args;
  const names = Object.keys(exercises);
  const exercise = exercises[name];
  if (name === '' || name.startsWith('-')) throw new WrongUsage(`Which exercise? There are ${names.join(', ')}.`);
  if (exercise === undefined) {
    throw new WrongUsage(`There is no exercise "${name}". Did you mean ${closest(name, names)}?`);
  }
  const values = parsed(rest, exercise.options, name);
  const seed = values['seed'] === undefined ? anySeed() % SEEDS : whole('seed', values['seed'], 0);
  const given = Object.entries(exercise.options).map(([option, { default: usual }]) => {
    const value = values[option];
    if (usual === false) return [option, value === true] as const;
    return [option, value === undefined ? usual : whole(option, value, 1)] as const;
  });
  return { name, seed, given: Object.fromEntries<number | boolean>(given) };
}

function parsed(
  args: readonly string[],
  options: Options,
  name: string,
): Readonly<Record<string, string | boolean | undefined>> {
  const types: Record<string, { type: 'string' | 'boolean' }> = { seed: { type: 'string' } };
  for (const [option, { default: usual }] of Object.entries(options)) {
    types[option] = { type: usual === false ? 'boolean' : 'string' };
  }
  try {
    return parseArgs({ args: [...args], options: types }).values;
  } catch (error) {
    const [sentence] = (error as Error).message.split('. ');
    throw new WrongUsage(
      `${sentence}. ${name} takes --seed, ${Object.keys(options)
        .map((each) => `--${each}`)
        .join(', ')}.`,
    );
  }
}

function whole(option: string, text: string | boolean, least: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new WrongUsage(`--${option} takes a whole number from ${least}, not "${text}".`);
}
