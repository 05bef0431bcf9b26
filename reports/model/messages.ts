import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Envelope } from '@cucumber/messages';

/**
 * Reads the message stream of one run line by line. A torn last line is what a killed run leaves: the stream simply ends
 * there. Throws when the file is missing, names the line that is no message, and the one where another run begins: ids of
 * two runs mean different things, and what a second run left out would look like something the first one did.
 */
export async function* readMessages(path: string): AsyncGenerator<Envelope> {
  if (!existsSync(path)) throw new Error(`${path} does not exist. Run the suite first: npx cucumber-js`);
  let number = 0;
  let torn: number | undefined;
  const begun = { meta: 0, testRunStarted: 0 };
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    number += 1;
    if (line === '') continue;
    if (torn !== undefined) throw new Error(`${path}:${torn} is not a message. Record the run again.`);
    const envelope = parsed(line);
    for (const kind of ['meta', 'testRunStarted'] as const) {
      if (envelope?.[kind] === undefined) continue;
      if (begun[kind] > 0) throw new Error(secondRun(path, number, begun[kind]));
      begun[kind] = number;
    }
    if (envelope) yield envelope;
    else torn = number;
  }
}

function secondRun(path: string, line: number, first: number): string {
  return `${path}:${line} begins another run; the first one begins in line ${first}. Streams of two runs or shards that were put end to end cannot be read as one: build the documentation of each by itself (npm run docs -- --messages <file> --out <folder>).`;
}

function parsed(line: string): Envelope | undefined {
  try {
    return JSON.parse(line) as Envelope;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
