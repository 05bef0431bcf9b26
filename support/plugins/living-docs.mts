import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Plugin } from '@cucumber/cucumber/api';
import type { Envelope } from '@cucumber/messages';
import type * as LedgerOf from '../../reports/ledger/ledger.ts';
import type * as Money from '../../reports/ledger/revenue-streams.ts';
import type * as BuildModel from '../../reports/model/build-model.ts';
import type * as Commit from '../../reports/model/commit.ts';
import type * as Places from '../../reports/model/run-places.ts';
import type * as BuildSite from '../../reports/site/build-site.ts';
import type * as ModuleProofs from '../../reports/site/pages/module-proofs.ts';
import type * as CommandLine from './command-line.ts';
import type * as Interruption from './interruption.ts';
import type * as Scope from './run-scope.ts';

const require = createRequire(import.meta.url);
require('../typescript/register.js');
const { ledgerOf } = require('../../reports/ledger/ledger') as typeof LedgerOf;
const { readMoney } = require('../../reports/ledger/revenue-streams') as typeof Money;
const { RunInTheMaking, sourcesOf } = require('../../reports/model/build-model') as typeof BuildModel;
const { withCommit } = require('../../reports/model/commit') as typeof Commit;
const { OF_PART, OF_WHOLE_RUN } = require('../../reports/model/run-places') as typeof Places;
const { buildSite } = require('../../reports/site/build-site') as typeof BuildSite;
const { moduleProofs } = require('../../reports/site/pages/module-proofs') as typeof ModuleProofs;
const { asked } = require('./command-line') as typeof CommandLine;
const { interruption } = require('./interruption') as typeof Interruption;
const { RunScope } = require('./run-scope') as typeof Scope;

/** After every run: its living documentation, as static files. That of a part stands beside that of the last whole run. */
export default {
  type: 'plugin',
  coordinator({ on, transform, operation, environment: { cwd, stderr } }) {
    const { dryRun, narrow } = asked();
    if (operation !== 'runCucumber' || dryRun) return undefined;
    // A run that ends before it begins must not leave the last one's documentation behind as its own.
    rmSync(join(cwd, (narrow ? OF_PART : OF_WHOLE_RUN).site), { recursive: true, force: true });
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
      const model = run.model(sourcesOf(cwd));
      buildSite(model, ledgerOf(model, readMoney(cwd)), join(cwd, places.site), moduleProofs(cwd));
      const what = places === OF_PART ? 'Living documentation of this part' : 'Living documentation';
      stderr.write(`${what}: ${places.site}/index.html\n`);
    };
  },
} satisfies Plugin;
