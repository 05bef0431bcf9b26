import { PlatformError } from '../../ssot/kernel';
import { SERVICES } from './contract';
import { Progress } from './progress';
import { startServices } from './start-services';

const USAGE = `Usage: npm run services [-- --help]

Starts PostgreSQL, Redis and ClickHouse, prints their addresses as lines for a shell, and keeps them until Ctrl-C.
Runs of the suite use them with these lines set and SPEC_SERVICES=external.

  SPEC_SERVICES   embedded (default), containers or external, for all or one by one, as in
                  SPEC_SERVICES=postgres=containers,redis=embedded`;

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    console.log(USAGE);
    return 0;
  }
  if (args.length > 0) {
    console.error(`Unknown: ${args.join(' ')}\n\n${USAGE}`);
    return 64;
  }
  const progress = new Progress(process.stderr, 'Starting PostgreSQL, Redis, ClickHouse');
  const services = await startServices(new Set(SERVICES), { onProgress: (line) => progress.say(line) }).finally(() =>
    progress.end(),
  );
  const forShell = { ...services.env, SPEC_SERVICES: 'external' };
  for (const [name, value] of Object.entries(forShell)) console.log(`export ${name}='${value}'`);
  console.error(`${Object.values(services.versions).join(', ')} ready in ${services.wallMs} ms. Ctrl-C stops them.`);
  // Ends by signal only: startServices stops everything then and ends the process.
  return new Promise(() => setInterval(() => {}, 2 ** 30));
}

main(process.argv.slice(2)).then(
  (status) => process.exit(status),
  (failure: unknown) => {
    console.error(failure instanceof PlatformError ? failure.message : failure);
    process.exit(1);
  },
);
