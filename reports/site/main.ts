import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { ledgerOf } from '../ledger/ledger';
import { readMoney } from '../ledger/revenue-streams';
import { readRun } from '../model/build-model';
import { OF_PART, OF_WHOLE_RUN } from '../model/run-places';
import { buildSite } from './build-site';
import { moduleProofs } from './pages/module-proofs';

const ROOT = join(__dirname, '../..');
const USAGE = `Usage: npm run docs [-- --messages <file>] [-- --out <folder>]

Builds the living documentation of a run that was recorded before, as static files that need no server.

  --messages <file>  Cucumber's message stream; default: that of the last whole run, ${OF_WHOLE_RUN.messages}
  --out <folder>     where the site goes, replacing the one that is there; default: ${OF_WHOLE_RUN.site}, and
                     ${OF_PART.site} where a stream was named that is not of a whole run
  --help             this text`;

async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { messages: { type: 'string' }, out: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return console.log(USAGE);
  const model = await readRun(values.messages ?? join(ROOT, OF_WHOLE_RUN.messages), ROOT);
  const places = values.messages === undefined || model.whole ? OF_WHOLE_RUN : OF_PART;
  const out = values.out ?? join(ROOT, places.site);
  const { pages, bytes } = buildSite(model, ledgerOf(model, readMoney(ROOT)), out, moduleProofs(ROOT));
  console.log(`${pages} pages, ${Math.ceil(bytes / 1024)} KB: ${relative(process.cwd(), join(out, 'index.html'))}`);
}

main(process.argv.slice(2)).catch((failure: unknown) => {
  const message = failure instanceof Error ? failure.message : String(failure);
  const misused = (failure as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  console.error(misused ? `${message}\n\n${USAGE}` : message);
  process.exitCode = misused ? 64 : 1;
});
