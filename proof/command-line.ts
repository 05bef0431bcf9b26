import { parseArgs } from 'node:util';
import { closest } from 'fastest-levenshtein';
import { provableModules } from './instrument/modules';
import { SAMPLE_AT_LEAST } from './record/drawn';

/** As many as there are cores: what notices a defect often waits, but each has services of its own. */
const DEFAULT_WORKERS = 2;
const MAX_WORKERS = 8;

export const HELP = `npm run prove -- <module> [--files <glob>] [--minutes <n>] [--workers <n>] [--sample <n>] [--only-scenarios]
                           [--only-defects] [--check-defects] [--force]

Proves that the checks of a module can fail: its scenarios and its module tests. Defects are put in, one at a time:
  mutants             slips of the pen, in every file of ssot/<module>/ (or of platform/)
  changed values      each value in a Then step of its scenarios
  realistic defects   misunderstandings, from proof/defects/<module>.yaml

Scenarios come first: each that has noticed nothing yet is asked alone about the mutants that few other scenarios reach, until
it notices one (40 mutants, or a minute, at most). Then mutants are tried one by one over all checks, module tests
first. A failure that took longer than the check does has to repeat itself, with a run without the defect in between: a busy machine
fails checks, too.

The result is kept in proof/results/<module>.jsonl, to be committed; the ledger and the living documentation read it. Only what
changed its meaning since is tried again: not what was moved, reformatted, commented or renamed inside a function. Ctrl-C
keeps what is known by then, and the next run goes on from there.

  --files <glob>    only mutants in these files: --files "ssot/auth/attempts/**"
  --sample <n>      only n mutants, drawn by lot: the share that is noticed among all follows within a few per cent, in minutes
                    where all take hours. The lot hangs on the code alone: nobody chooses, and a larger n adds to a smaller one
  --minutes <n>     stop after so many minutes, with what is known by then
  --workers <n>     how many checks run at a time, 1 to 8, each worker with services of its own (default: 2)
  --only-scenarios  only scenarios that have noticed nothing so far; those that had their turn in vain get a longer one
  --only-defects    only realistic defects
  --check-defects   only see whether each realistic defect can be put in and still compiles; runs nothing
  --force           forget what is recorded, and try everything again

Exit status: 0 proven, 1 not proven (too few defects noticed, or a scenario that noticed nothing), 2 could not be tried.
`;

/** A wish that cannot be met, in one sentence with the way out. */
export class NotTried extends Error {}

export interface Wishes {
  readonly help: boolean;
  readonly module: string;
  readonly files?: string;
  readonly minutes?: number;
  readonly sample?: number;
  readonly workers: number;
  readonly onlyScenarios: boolean;
  readonly onlyDefects: boolean;
  readonly checkDefects: boolean;
  readonly force: boolean;
}

/** Throws `NotTried` for what makes no sense. */
export function wishesOf(args: readonly string[], root = process.cwd()): Wishes {
  const { values, positionals } = parsed(args);
  const minutes = values.minutes === undefined ? undefined : Number(values.minutes);
  if (minutes !== undefined && !(minutes > 0)) {
    throw new NotTried(`--minutes takes a number above zero, not "${values.minutes}".`);
  }
  const sample = values.sample === undefined ? undefined : Number(values.sample);
  if (sample !== undefined && !(Number.isInteger(sample) && sample >= SAMPLE_AT_LEAST)) {
    throw new NotTried(`--sample takes a whole number from ${SAMPLE_AT_LEAST}, not "${values.sample}".`);
  }
  const workers = Number(values.workers ?? DEFAULT_WORKERS);
  if (!Number.isInteger(workers) || workers < 1 || workers > MAX_WORKERS) {
    throw new NotTried(`--workers takes a whole number from 1 to ${MAX_WORKERS}, not "${values.workers}".`);
  }
  if (values['only-scenarios'] && values['only-defects']) {
    throw new NotTried('--only-scenarios and --only-defects exclude each other: leave both out to try everything.');
  }
  return {
    help: values.help === true,
    module: values.help ? '' : moduleOf(positionals, root),
    ...(values.files !== undefined && { files: values.files }),
    ...(minutes !== undefined && { minutes }),
    ...(sample !== undefined && { sample }),
    workers,
    onlyScenarios: values['only-scenarios'] === true,
    onlyDefects: values['only-defects'] === true,
    checkDefects: values['check-defects'] === true,
    force: values.force === true,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        files: { type: 'string' },
        minutes: { type: 'string' },
        sample: { type: 'string' },
        workers: { type: 'string' },
        'only-scenarios': { type: 'boolean' },
        'only-defects': { type: 'boolean' },
        'check-defects': { type: 'boolean' },
        force: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (refusal) {
    throw new NotTried(`${(refusal as Error).message.split('.')[0]}. See npm run prove -- --help.`);
  }
}

function moduleOf([module, ...more]: readonly string[], root: string): string {
  const known = provableModules(root);
  if (module === undefined || more.length > 0) {
    throw new NotTried(`Name one module: npm run prove -- <module>. Known: ${known.join(', ')}.`);
  }
  if (!known.includes(module)) {
    throw new NotTried(`There is no module "${module}". Did you mean "${closest(module, known)}"?`);
  }
  return module;
}
