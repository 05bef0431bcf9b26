import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from '@cucumber/cucumber/api';
import type { Envelope } from '@cucumber/messages';
import type * as Commit from '../../reports/model/commit.ts';
import type * as Messages from '../../reports/model/messages.ts';
import type * as CommandLine from './command-line.ts';
import type * as Interruption from './interruption.ts';

const require = createRequire(import.meta.url);
require('ts-node/register');
const { withCommit } = require('../../reports/model/commit') as typeof Commit;
const { LAST_RUN } = require('../../reports/model/messages') as typeof Messages;
const { asked } = require('./command-line') as typeof CommandLine;
const { interruption } = require('./interruption') as typeof Interruption;

/** Keeps every message of the run in `reports/output/messages.ndjson`, each written before the next thing happens. */
export default {
  type: 'plugin',
  coordinator({ on, operation, environment }) {
    if (operation !== 'runCucumber' || asked().dryRun) return undefined;
    const path = join(environment.cwd, LAST_RUN);
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(path, 'w');
    on('message', (message: Envelope) => {
      if (!interruption.aborted) writeSync(file, `${JSON.stringify(withCommit(message, environment.cwd))}\n`);
    });
    return () => closeSync(file);
  },
} satisfies Plugin;
