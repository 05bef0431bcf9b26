import { HELP, NotTried, wishesOf } from './command-line';
import { readCatalogue } from './defects/catalogue';
import { problemsOfCatalogue } from './defects/check-defects';
import { proveModule, type ProvenModule } from './prove-module';
import { recordPath } from './record/record-file';
import type { RecordedUnit } from './record/record';
import { summary, verdictOf } from './summary';

async function main(args: readonly string[]): Promise<number> {
  const wishes = wishesOf(args);
  if (wishes.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (wishes.checkDefects) return checkDefects(wishes.module);
  const proven = await proveModule(wishes);
  const { record, unsteady, problems, stopped } = proven;
  process.stdout.write(summary(record, placesOf(proven)));
  for (const [title, message] of unsteady) process.stdout.write(`  fails without any defect: ${title}: ${message}\n`);
  for (const problem of problems) process.stdout.write(`  ${problem}\n`);
  if (stopped !== null)
    process.stdout.write(`  stopped early, because ${stopped}; the same command goes on from here\n`);
  process.stdout.write(`  recorded in ${recordPath(record.module)}\n`);
  if (unsteady.size + problems.length > 0) return 2;
  return verdictOf(record).proven ? 0 : 1;
}

function checkDefects(module: string): number {
  const count = readCatalogue(module).length;
  const problems = problemsOfCatalogue(module);
  for (const problem of problems) process.stdout.write(`${problem}\n`);
  process.stdout.write(
    `${module}: ${count} realistic defects, ${problems.length === 0 ? 'all can be put in' : 'see above'}\n`,
  );
  return problems.length === 0 ? 0 : 2;
}

/** Records do not know files and lines, which move; the code of now does. */
function placesOf({ instrumented }: ProvenModule): (unit: RecordedUnit, rank: number) => string {
  const places = new Map(instrumented.mutants.map(({ identity, file, line }) => [identity, `${file}:${line}`]));
  return ({ hash, name }, rank) => places.get(`${hash}/${rank}`) ?? name;
}

// Until there is a verdict, an end of this process is none.
process.exitCode = 2;
main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (failure: unknown) => {
    process.stderr.write(`${failure instanceof NotTried ? failure.message : String((failure as Error).stack)}\n`);
    process.exitCode = 2;
  },
);
