import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Plugin } from '@cucumber/cucumber/api';
import type { Envelope } from '@cucumber/messages';
import type * as LastLedger from '../../reports/ledger/last-ledger.ts';
import type * as Terminal from '../../reports/ledger/terminal.ts';
import type * as BuildModel from '../../reports/model/build-model.ts';
import type * as Commit from '../../reports/model/commit.ts';
import type * as CommandLine from './command-line.ts';
import type * as Interruption from './interruption.ts';

const require = createRequire(import.meta.url);
require('ts-node/register');
const { keepLedger, LAST_LEDGER } = require('../../reports/ledger/last-ledger') as typeof LastLedger;
const { ledgerText } = require('../../reports/ledger/terminal') as typeof Terminal;
const { RunInTheMaking, sourcesOf } = require('../../reports/model/build-model') as typeof BuildModel;
const { withCommit } = require('../../reports/model/commit') as typeof Commit;
const { asked } = require('./command-line') as typeof CommandLine;
const { interruption } = require('./interruption') as typeof Interruption;

/** After every run: which money is protected by behaviour that was just proven, on the terminal and as JSON. */
export default {
  type: 'plugin',
  coordinator({ on, operation, environment }) {
    if (operation !== 'runCucumber' || asked().dryRun) return undefined;
    // A run that ends before it begins must not leave the last one's ledger behind as its own.
    rmSync(join(environment.cwd, LAST_LEDGER), { force: true });
    const run = new RunInTheMaking();
    let begun = false;
    on('message', (message: Envelope) => {
      if (interruption.aborted) return;
      begun ||= message.testRunStarted !== undefined;
      run.add(withCommit(message, environment.cwd));
    });
    return () => {
      if (!begun) return;
      const ledger = keepLedger(run.model(sourcesOf(environment.cwd)), environment.cwd);
      environment.stderr.write(ledgerText(ledger, environment.stderr));
    };
  },
} satisfies Plugin;
