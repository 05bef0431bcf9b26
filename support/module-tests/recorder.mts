import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestEvent } from 'node:test/reporters';
import type * as TheOutcomes from './outcomes.ts';

const require = createRequire(import.meta.url);
const { Outcomes } = require('./outcomes') as typeof TheOutcomes;

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * A reporter of `node:test` that tells the outcomes in JSON when all has ended. A process that is ended by force ends before
 * this function does, and leaves nothing.
 */
export default async function* recorder(source: AsyncIterable<TestEvent>): AsyncGenerator<string, void> {
  const outcomes = new Outcomes(ROOT);
  for await (const event of source) outcomes.add(event);
  const { tests, troubles } = outcomes;
  yield JSON.stringify({ tests, troubles } satisfies TheOutcomes.KeptOutcomes);
}
