import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Envelope } from '@cucumber/messages';

/** Where the record plugin leaves the last run, relative to the repository. */
export const LAST_RUN = 'reports/output/messages.ndjson';

/**
 * Reads a message stream line by line. A torn last line is what a killed run leaves: the stream simply ends there.
 * Throws when the file is missing, or names the line that is no message.
 */
export async function* readMessages(path: string): AsyncGenerator<Envelope> {
  if (!existsSync(path)) throw new Error(`${path} does not exist. Run the suite first: npx cucumber-js`);
  let number = 0;
  let torn: number | undefined;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    number += 1;
    if (line === '') continue;
    if (torn !== undefined) throw new Error(`${path}:${torn} is not a message. Record the run again.`);
    const envelope = parsed(line);
    if (envelope) yield envelope;
    else torn = number;
  }
}

function parsed(line: string): Envelope | undefined {
  try {
    return JSON.parse(line) as Envelope;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
