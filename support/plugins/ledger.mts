import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Plugin } from '@cucumber/cucumber/api';
import type { Envelope } from '@cucumber/messages';
import type * as LastLedger from '../../reports/ledger/last-ledger.ts';
import type * as LedgerOf from '../../reports/ledger/ledger.ts';
import type * as Money from '../../reports/ledger/revenue-streams.ts';
import type * as Terminal from '../../reports/ledger/terminal.ts';
import type * as BuildModel from '../../reports/model/build-model.ts';
import type * as Commit from '../../reports/model/commit.ts';
import type * as Places from '../../reports/model/run-places.ts';
import type * as CommandLine from './command-line.ts';
import type * as Interruption from './interruption.ts';
import type * as Scope from './run-scope.ts';

const require = createRequire(import.meta.url);
require('../typescript/register.js');
const { keepLedger } = require('../../reports/ledger/last-ledger') as typeof LastLedger;
const { ledgerOf } = require('../../reports/ledger/ledger') as typeof LedgerOf;
const { readMoney } = require('../../reports/ledger/revenue-streams') as typeof Money;
const { ledgerText } = require('../../reports/ledger/terminal') as typeof Terminal;
const { RunInTheMaking, sourcesOf } = require('../../reports/model/build-model') as typeof BuildModel;
const { withCommit } = require('../../reports/model/commit') as typeof Commit;
const { OF_PART, OF_WHOLE_RUN } = require('../../reports/model/run-places') as typeof Places;
const { asked } = require('./command-line') as typeof CommandLine;
const { interruption } = require('./interruption') as typeof Interruption;
const { RunScope } = require('./run-scope') as typeof Scope;

/** After every run: which money is protected by behaviour that was just proven, on the terminal and as JSON. */
export default {
  type: 'plugin',
  coordinator({ on, transform, operation, environment: { cwd, stderr } }) {
    const { dryRun, narrow } = asked();
    if (operation !== 'runCucumber' || dryRun) return undefined;
    // A run that ends before it begins must not leave the last one's ledger behind as its own.
    rmSync(join(cwd, (narrow ? OF_PART : OF_WHOLE_RUN).ledger), { force: true });
    const run = new RunInTheMaking();
    const scope = new RunScope(cwd);
    let places = OF_PART;
    let begun = false;
    on('message', (message: Envelope) => {
      if (interruption.aborted) return;
      begun ||= message.testRunStarted !== undefined;
      scope.follow(message);
      run.add(withCommit(message, cwd));
    });
    transform('pickles:filter', (selected) => {
      places = scope.places(selected.length);
      return selected;
    });
    return () => {
      if (!begun) return;
      const ledger = ledgerOf(run.model(sourcesOf(cwd)), readMoney(cwd));
      keepLedger(ledger, join(cwd, places.ledger));
      stderr.write(ledgerText(ledger, stderr));
    };
  },
} satisfies Plugin;
