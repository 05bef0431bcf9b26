import { globSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve, sep } from 'node:path';
import { after } from 'node:test';
import { forgetModuleTests } from '../../reports/model/module-tests';
import { PlatformError } from '../../ssot/kernel';
import { SERVICES } from '../services/contract';
import { platformSecrets } from '../services/processes/platform-process';
import { Progress } from '../services/progress';
import { startServices, type RunningServices } from '../services/start-services';
import { isWhole } from './selection';

const load = createRequire(__filename);

const USAGE = `Usage: npm run test:modules [-- <path part> ...] [-- --help]

Runs the module tests that stand beside the parts of ssot/ and platform/ (*.test.ts), all in one process. Those that are
named *.service.test.ts get real PostgreSQL, Redis and ClickHouse, started once when one of them is selected. The ledger
and the living documentation count the outcomes of the last run of all of them.

  npm run test:modules                            all
  npm run test:modules -- websocket-manager       those with this in their path
  npm run test:modules -- ssot/auth/jwt.test.ts   one file

Exit status: 0 all passed, 1 a test failed or a service could not start, 64 nothing selected.`;

async function main(wanted: readonly string[]): Promise<void> {
  if (wanted.some((word) => word === '--help' || word === '-h')) return console.log(USAGE);
  const unknown = wanted.filter((word) => word.startsWith('-'));
  const files = globSync('{ssot,platform}/**/*.test.ts')
    .map((file) => file.split(sep).join('/'))
    .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
    .sort((one, other) => Number(rewrites(other)) - Number(rewrites(one)) || one.localeCompare(other));
  if (unknown.length > 0 || files.length === 0) {
    console.error(
      `${unknown.length > 0 ? `Unknown: ${unknown.join(' ')}` : 'No module test is selected.'}\n\n${USAGE}`,
    );
    process.exitCode = 64;
    return;
  }
  if (isWhole(wanted)) forgetModuleTests();
  const services = files.some((file) => file.endsWith('.service.test.ts')) ? await startAll() : undefined;
  for (const file of files) load(resolve(file));
  // Booked last, because what the tests have opened on the services is closed first.
  after(() => services?.stop());
}

/** ClickHouse erases by rewriting tables, which takes the longer the more the tests before have left there; so these come first. */
function rewrites(file: string): boolean {
  return file.startsWith('ssot/state-persistence/customer-data/');
}

/** Before the first test is known, so that a test file may read the addresses as it loads. */
async function startAll(): Promise<RunningServices> {
  const progress = new Progress(process.stderr, 'Starting PostgreSQL, Redis, ClickHouse');
  Object.assign(process.env, platformSecrets(process.env));
  const services = await startServices(new Set(SERVICES), { onProgress: (line) => progress.say(line) }).finally(() =>
    progress.end(),
  );
  Object.assign(process.env, services.env);
  return services;
}

main(process.argv.slice(2)).catch((failure: unknown) => {
  console.error(failure instanceof PlatformError ? failure.message : failure);
  process.exit(1);
});
