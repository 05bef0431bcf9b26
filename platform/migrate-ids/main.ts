import { migrateIds } from './command';

/** The process of `npm run migrate-ids`. */
void migrateIds(process.argv.slice(2), {
  variables: process.env,
  stdin: process.stdin,
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
}).then((status) => {
  process.exitCode = status;
});
