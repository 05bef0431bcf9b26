import { showConfiguration } from './command';

/** The process of `npm run configuration`. */
void showConfiguration(process.argv.slice(2), {
  variables: process.env,
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
}).then((status) => {
  process.exitCode = status;
});
