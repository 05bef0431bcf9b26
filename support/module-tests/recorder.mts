import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestEvent } from 'node:test/reporters';
import type * as Commit from '../../reports/model/commit.ts';
import type * as ModuleTests from '../../reports/model/module-tests.ts';
import type * as TheOutcomes from './outcomes.ts';
import type * as Selection from './selection.ts';

const require = createRequire(import.meta.url);
const { commitOf } = require('../../reports/model/commit') as typeof Commit;
const { keepModuleTests } = require('../../reports/model/module-tests') as typeof ModuleTests;
const { Outcomes } = require('./outcomes') as typeof TheOutcomes;
const { isWhole } = require('./selection') as typeof Selection;

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * A reporter of `node:test` that says nothing and keeps the outcomes for the ledger and the living documentation. Only of
 * a whole run: a part says nothing about the rest. A process that is ended by force ends before this function does.
 */
export default async function* recorder(source: AsyncIterable<TestEvent>): AsyncGenerator<never, void> {
  const startedAt = new Date().toISOString();
  const commit = commitOf(ROOT) ?? null;
  const outcomes = new Outcomes(ROOT);
  for await (const event of source) outcomes.add(event);
  if (!isWhole(process.argv.slice(2))) return;
  const { tests, troubles } = outcomes;
  keepModuleTests({ schemaVersion: 1, startedAt, finishedAt: new Date().toISOString(), commit, troubles, tests }, ROOT);
}
