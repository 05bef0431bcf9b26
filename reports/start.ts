import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { asked } from '../support/plugins/command-line';
import { OF_PART, OF_WHOLE_RUN } from './model/run-places';
import { PortInUse, serveSite } from './serve';

const ROOT = resolve(__dirname, '..');
const INTERRUPTED = 130;

const USAGE = `Usage: npm start [-- --port <number>] [-- <any cucumber-js option or path>]

Runs the module tests and the suite, prints the revenue ledger, and serves the living documentation of that run until
Ctrl-C. Where tags, names or paths are given, only those scenarios run, and their documentation is kept beside that of the
last whole run. Ends with the suite's exit status, or with that of the module tests where the suite passed.

  --port <number>  where to serve; default: a free port`;

async function main(args: string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    console.log(USAGE);
    return 0;
  }
  const at = args.indexOf('--port');
  const port = at < 0 ? 0 : Number(args.splice(at, 2)[1]);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    console.error(`--port takes a whole number from 0 to 65535.\n\n${USAGE}`);
    return 64;
  }
  const startedAt = Date.now();
  const served: { folder?: string } = {};
  // Before anything runs: a port in use must not cost a run. What is served later must be of this run.
  const site = await serveSite(() => served.folder, port);
  const { narrow } = asked(args);
  rmSync(join(ROOT, (narrow ? OF_PART : OF_WHOLE_RUN).site), { recursive: true, force: true });

  const moduleTests = narrow ? 0 : await run('npm', ['run', '-s', 'test:modules']);
  if (moduleTests === INTERRUPTED) return INTERRUPTED;
  const cucumber = resolve(ROOT, 'node_modules/@cucumber/cucumber/bin/cucumber.js');
  const suite = await run(process.execPath, [cucumber, ...args]);
  if (suite === INTERRUPTED) return INTERRUPTED;
  const status = suite === 0 ? moduleTests : suite;

  const folder = [OF_WHOLE_RUN.site, OF_PART.site]
    .map((path) => join(ROOT, path))
    .find((path) => isSiteSince(path, startedAt));
  if (folder === undefined) {
    console.error('There is no living documentation to serve, because the run ended before it could be built.');
    return status === 0 ? 70 : status;
  }
  served.folder = folder;
  console.log(`Living documentation: ${site.url}  (Ctrl-C stops)`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await site.close();
  return status;
}

/**
 * Resolves with the exit status. The command shares this terminal's process group: Ctrl-C reaches it directly, and it cleans
 * up after itself.
 */
async function run(command: string, args: readonly string[]): Promise<number> {
  const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit' });
  let interrupted = false;
  const interrupt = (): void => void (interrupted = true);
  const terminate = (): void => void child.kill('SIGTERM');
  process.on('SIGINT', interrupt);
  process.once('SIGTERM', terminate);
  const [status, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  process.off('SIGINT', interrupt);
  process.off('SIGTERM', terminate);
  return interrupted || signal !== null ? INTERRUPTED : (status ?? 70);
}

function isSiteSince(folder: string, since: number): boolean {
  const page = statSync(join(folder, 'index.html'), { throwIfNoEntry: false });
  return page !== undefined && page.mtimeMs >= since;
}

main(process.argv.slice(2)).then(
  (status) => process.exit(status),
  (failure: unknown) => {
    console.error(failure instanceof Error ? failure.message : failure);
    process.exit(failure instanceof PortInUse ? 69 : 70);
  },
);
