import { globSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { commitOf } from '../../reports/model/commit';
import { forgetModuleTests, keepModuleTests } from '../../reports/model/module-tests';
import { PlatformError } from '../../ssot/kernel';
import { hasExternal } from '../services/choice';
import { SERVICES } from '../services/contract';
import { platformSecrets } from '../services/processes/platform-process';
import { Progress } from '../services/progress';
import { startServices, type RunningServices } from '../services/start-services';
import { runPart, type PartRun } from './part-process';
import { needsStores, partsOf } from './parts';

const ROOT = resolve(__dirname, '../..');
/** One more than there are cores at least: many tests wait for what is cut off on purpose. */
const PROCESSES = 3;
/** Another process with services of its own takes three seconds to start, which so few files would not. */
const FEW_FILES = 8;

const USAGE = `Usage: npm run test:modules [-- <path part> ...] [-- --help]

Runs the module tests that stand beside the parts of ssot/ and platform/ (*.test.ts): up to eight files in one process, more
in three. Those that are named *.service.test.ts get real PostgreSQL, Redis and ClickHouse, started when one of them is
selected, for each process its own. The ledger and the living documentation count the outcomes of the last run of all.

  npm run test:modules                            all
  npm run test:modules -- websocket-manager       those with this in their path
  npm run test:modules -- ssot/auth/jwt.test.ts   one file

Exit status: 0 all passed, 1 a test failed or a service could not start, 64 nothing selected.`;

async function main(wanted: readonly string[]): Promise<number> {
  if (wanted.some((word) => word === '--help' || word === '-h')) {
    console.log(USAGE);
    return 0;
  }
  const unknown = wanted.filter((word) => word.startsWith('-'));
  const files = globSync('{ssot,platform}/**/*.test.ts')
    .map((file) => file.split(sep).join('/'))
    .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)));
  if (unknown.length > 0 || files.length === 0) {
    console.error(
      `${unknown.length > 0 ? `Unknown: ${unknown.join(' ')}` : 'No module test is selected.'}\n\n${USAGE}`,
    );
    return 64;
  }
  const isWhole = wanted.length === 0;
  if (isWhole) forgetModuleTests();
  const run = { schemaVersion: 1 as const, startedAt: new Date().toISOString(), commit: commitOf(ROOT) ?? null };
  const parts = await runAll(files);
  const outcomes = parts.flatMap((part) => part.outcomes ?? []);
  // Only of a whole run: a part says nothing about the rest, and neither does a process that was ended by force.
  if (isWhole && outcomes.length === parts.length) {
    const tests = outcomes.flatMap((each) => each.tests);
    const troubles = outcomes.flatMap((each) => each.troubles);
    keepModuleTests({ ...run, finishedAt: new Date().toISOString(), troubles, tests }, ROOT);
  }
  return Math.max(...parts.map(({ status }) => status));
}

async function runAll(files: readonly string[]): Promise<readonly PartRun[]> {
  const processes = files.length <= FEW_FILES || hasExternal(SERVICES) ? 1 : PROCESSES;
  const services = files.some(needsStores) ? await startAll(processes) : undefined;
  try {
    const parts = partsOf(files, processes);
    const isAlone = parts.length === 1;
    return await Promise.all(parts.map((part, at) => runPart(part, services?.sets[at] ?? {}, { isAlone })));
  } finally {
    await services?.stop();
  }
}

async function startAll(sets: number): Promise<RunningServices> {
  const progress = new Progress(process.stderr, 'Starting PostgreSQL, Redis, ClickHouse');
  Object.assign(process.env, platformSecrets(process.env));
  const onProgress = (line: string): void => progress.say(line);
  return await startServices(new Set(SERVICES), { sets, onProgress }).finally(() => progress.end());
}

main(process.argv.slice(2)).then(
  (status) => (process.exitCode = status),
  (failure: unknown) => {
    console.error(failure instanceof PlatformError ? failure.message : failure);
    process.exit(1);
  },
);
