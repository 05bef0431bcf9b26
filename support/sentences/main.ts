import { parseArgs } from 'node:util';
import { loadConfiguration, loadSupport } from '@cucumber/cucumber/api';
import { generateMessages } from '@cucumber/gherkin';
import { IdGenerator } from '@cucumber/messages';
import { mediaTypeOf, readFeatures } from '../lint/feature-text';
import { fits, sentencesOf, type Sentence, type StepLibrary } from './sentence';

const USAGE = `Usage: npm run sentences [-- word ...] [-- --once]

Lists the sentences that steps may say, each with how many steps of the features say it and where it is defined.
With words: those that hold all of them. --once: those that one step alone says.`;

async function main(): Promise<void> {
  const options = { help: { type: 'boolean', short: 'h' }, once: { type: 'boolean' } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (values.help) return console.log(USAGE);
  const { runConfiguration } = await loadConfiguration();
  const { all } = sentencesOf((await loadSupport(runConfiguration)) as unknown as StepLibrary);
  const said = stepsOfFeatures(process.cwd());
  const counted = all.map((sentence) => ({ ...sentence, uses: said.filter((text) => fits(sentence, text)).length }));
  const wanted = counted.filter(
    ({ text, uses }) => positionals.every((word) => text.includes(word)) && (!values.once || uses === 1),
  );
  for (const [file, sentences] of Map.groupBy(wanted, fileOf)) {
    console.log(`\n${file}`);
    for (const { text, uses } of sentences) console.log(`${String(uses).padStart(5)}  ${text}`);
  }
  const average = (said.length / all.length).toFixed(2);
  console.log(
    `\n${wanted.length} of ${all.length} sentences; ${said.length} steps say them, ${average} each on average`,
  );
}

const fileOf = ({ place }: Sentence): string => place.replace(/:\d+$/, '');

/** What each step of each feature says; of an outline, with the values of its first row. */
function stepsOfFeatures(root: string): string[] {
  return readFeatures(root).features.flatMap(({ uri, text }) => {
    const options = { newId: IdGenerator.incrementing(), includeSource: false, includeGherkinDocument: false };
    const messages = generateMessages(text, uri, mediaTypeOf(uri), { ...options, includePickles: true });
    const steps = messages.flatMap(({ pickle }) => pickle?.steps ?? []);
    return [...new Map(steps.toReversed().map((step) => [step.astNodeIds[0], step.text])).values()];
  });
}

void main();
