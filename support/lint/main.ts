import { parseArgs } from 'node:util';
import { DataFileRefused } from '../../reports/ledger/revenue-streams';
import { checkModuleTests } from './check-module-tests';
import { readFeatures } from './feature-text';
import { lintFeatures, sentenceOf } from './lint';
import { readVocabulary } from './vocabulary';

const USAGE = `Usage: npm run lint:features [-- --help]

Checks how the features are written: business value, tags, rule ids, figures, scenarios and examples; and that the title of
every module test begins with the id of one of their rules.
Ends with 0 when all is well (hints are allowed), with 1 when something has to change.`;

function main(): number {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  console.log('- features');
  const { features, problems: unreadable } = readFeatures(process.cwd());
  const vocabulary = readVocabulary();
  const problems = [
    ...unreadable,
    ...lintFeatures(features, vocabulary),
    ...checkModuleTests(process.cwd(), vocabulary.ruleIds),
  ];
  for (const problem of problems) console.error(sentenceOf(problem));
  const faults = problems.filter(({ hint }) => !hint).length;
  if (faults === 0) return 0;
  console.error(`\n${faults} of these must change before features and module tests can be relied on.`);
  return 1;
}

try {
  process.exitCode = main();
} catch (error) {
  if (
    !(error instanceof DataFileRefused) &&
    !(error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
  )
    throw error;
  console.error(error.message);
  process.exitCode = error instanceof DataFileRefused ? 1 : 64;
}
