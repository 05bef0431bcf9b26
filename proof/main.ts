import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { version } from '@stryker-mutator/core/package.json';
import { closest } from 'fastest-levenshtein';
import { changedFiles, isCurrent, merge, type StateNow } from './merge';
import { fileHashes, moduleHash, stepsHash } from './module-hash';
import { readProof, writeProof } from './proof-record';
import { scenariosOfModule } from './scenarios-of-module';
import { withServicesFor } from './services-for-proof';
import { changedSpecification } from './specification-run';
import { isProven, quickLook, summary } from './summary';
import { systemMutants } from './system-mutants';

const HELP = `npm run prove -- <module> [--changed] [--force]

Proves that the scenarios tagged @<module> can fail. Two kinds of defects are injected, one at a time:
  in the code            every mutant of ssot/<module>/**/*.ts is run against the scenarios that reach it
  in the specification   each value in a Then step is changed, and the scenario must then fail

The result is written to proof/results/<module>.json, to be committed; the ledger and the living documentation read it.
A module whose code, scenarios, steps and World are as they were when it was last proven is not proven again.

  --changed   a quick look: only defects in those files of the module that differ from the recorded proof, and nothing
              is recorded, because the rest may behave differently now
  --force     prove again although nothing has changed

Exit status: 0 proven, 1 not proven (too few defects noticed, or a scenario that noticed nothing), 2 could not be tried.
With --changed: 0 when every defect was noticed, 1 otherwise.
`;

/** A wish that cannot be met, in one sentence with the way out. */
class NotTried extends Error {}

async function prove(args: readonly string[]): Promise<number> {
  const { values, positionals } = wishes(args);
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const now = stateOf(positionals);
  const record = readProof(now.module);
  if (record !== null && isCurrent(record, now) && !values.force) {
    process.stdout.write(summary(record));
    process.stdout.write(`\nUnchanged since it was proven on ${record.at}. Use --force to prove it again.\n`);
    return isProven(record) ? 0 : 1;
  }
  const files = values.changed ? changedFiles(record, now) : Object.keys(now.files);
  if (files.length === 0) {
    process.stdout.write(
      `No file of ${now.module} differs from the recorded proof; its scenarios or steps do. Leave out --changed.\n`,
    );
    return 0;
  }
  const tag = `@${now.module}`;
  // Side by side, because scenarios that notice something mostly wait for what does not come.
  const [system, specification] = await withServicesFor(now.scenarios, () =>
    Promise.all([systemMutants(files, tag), values.changed ? [] : changedSpecification(tag)]),
  );
  const proof = merge(now, { system, specification, at: new Date().toISOString(), tool: `Stryker ${version}` });
  if (values.changed) {
    process.stdout.write(`${quickLook(proof)}\nLooked at ${files.join(', ')} alone; nothing recorded.\n`);
    return proof.survivors.length === 0 ? 0 : 1;
  }
  process.stdout.write(summary(proof));
  process.stdout.write(`\nRecorded in ${writeProof(proof)}.\n`);
  return isProven(proof) ? 0 : 1;
}

function wishes(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { changed: { type: 'boolean' }, force: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
  } catch (refusal) {
    throw new NotTried(`${(refusal as Error).message.split('.')[0]}. See npm run prove -- --help.`);
  }
}

function stateOf(positionals: readonly string[]) {
  const [module, ...more] = positionals;
  const known = readdirSync('ssot', { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  );
  if (module === undefined || more.length > 0) {
    throw new NotTried(`Name one module: npm run prove -- <module>. Known: ${known.join(', ')}.`);
  }
  if (!existsSync(join('ssot', module))) {
    throw new NotTried(`There is no module "${module}" in ssot/. Did you mean "${closest(module, known)}"?`);
  }
  const scenarios = scenariosOfModule(module);
  if (scenarios.length === 0) {
    throw new NotTried(`No scenario in features/ carries the tag @${module}, so nothing can notice a defect in it.`);
  }
  return {
    module,
    moduleHash: moduleHash(module),
    stepsHash: stepsHash(),
    files: fileHashes(module),
    scenarios,
  } satisfies StateNow;
}

// Until there is a verdict, an end of this process is none.
process.exitCode = 2;
prove(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (failure: unknown) => {
    process.stderr.write(`${failure instanceof NotTried ? failure.message : String((failure as Error).stack)}\n`);
    process.exitCode = 2;
  },
);
