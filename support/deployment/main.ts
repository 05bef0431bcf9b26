import { appendFileSync, chmodSync, existsSync, readFileSync } from 'node:fs';
import { demandedSecrets, missingLines } from './secrets';

const FILE = '.env';
const USAGE = `Usage: npm run secrets [-- --help]

Writes the secrets that compose.yaml demands into the file .env, for your eyes only: 32 random bytes for each store, login
and key. What stands there already stays.`;

function main(wanted: readonly string[]): void {
  if (wanted.length > 0) {
    process.exitCode = wanted.every((word) => word === '--help' || word === '-h') ? 0 : 64;
    return console.log(USAGE);
  }
  const written = existsSync(FILE) ? readFileSync(FILE, 'utf8') : '';
  const lines = missingLines(demandedSecrets(readFileSync('compose.yaml', 'utf8')), written);
  const separator = written === '' || written.endsWith('\n') ? '' : '\n';
  appendFileSync(FILE, separator + lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
  chmodSync(FILE, 0o600);
  console.log(lines.length === 0 ? `${FILE} has every secret already.` : `${FILE} has ${lines.length} new secrets.`);
}

main(process.argv.slice(2));
