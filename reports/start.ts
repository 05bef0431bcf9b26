import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { PortInUse, serveSite } from './serve';

const ROOT = resolve(__dirname, '..');
const SITE = resolve(ROOT, 'reports/output/site');

const USAGE = `Usage: npm start [-- --port <number>] [-- <any cucumber-js option or path>]

Runs the suite, prints the revenue ledger, and serves the living documentation of that run until Ctrl-C.
Ends with the suite's exit status.

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
  // Before anything runs: a port in use must not cost a run, and what is served later must be of this run.
  const site = await serveSite(SITE, port);
  rmSync(SITE, { recursive: true, force: true });
  // The suite shares this terminal's process group: Ctrl-C reaches it directly, and it cleans up after itself.
  const suite = spawn(process.execPath, [resolve(ROOT, 'node_modules/@cucumber/cucumber/bin/cucumber.js'), ...args], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  let interrupted = false;
  const interrupt = (): void => void (interrupted = true);
  process.on('SIGINT', interrupt);
  const terminate = (): void => void suite.kill('SIGTERM');
  process.once('SIGTERM', terminate);
  const [status, signal] = (await once(suite, 'exit')) as [number | null, NodeJS.Signals | null];
  process.off('SIGINT', interrupt);
  process.off('SIGTERM', terminate);
  if (interrupted || signal !== null) return 130;
  if (!existsSync(resolve(SITE, 'index.html'))) {
    console.error('There is no living documentation to serve, because the run ended before it could be built.');
    return status ?? 70;
  }
  console.log(`Living documentation: ${site.url}  (Ctrl-C stops)`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await site.close();
  return status ?? 70;
}

main(process.argv.slice(2)).then(
  (status) => process.exit(status),
  (failure: unknown) => {
    console.error(failure instanceof Error ? failure.message : failure);
    process.exit(failure instanceof PortInUse ? 69 : 70);
  },
);
